import { TRAINING, defineModel, restoreNet, trainNet } from "#learn";
import { z } from "zod";

const PARAMS = z.strictObject({
  hidden: z.array(z.int().positive()).default([64, 64]),
  activation: z.enum(["relu", "gelu", "tanh"]).default("relu"),
  layer_norm: z.boolean().default(false),
  dropout: z.number().min(0).lt(1).default(0.1),
  ...TRAINING,
});
type Params = z.infer<typeof PARAMS>;

/** A multi-layer perceptron on one row a day. */
const net = (params: Params) => ({
  parts: [
    {
      kind: "head",
      hidden: params.hidden,
      activation: params.activation,
      norm: params.layer_norm,
      dropout: params.dropout,
    },
  ] as const,
  training: params,
});

export default defineModel<Params>({
  name: "mlp",
  describe: "multi-layer perceptron",
  tasks: ["classes", "number"],
  input: "table",
  params: PARAMS,
  minimumRows: () => 20,
  train: (rows, params, key, context) => trainNet(net(params), rows, key, context),
  restore: (state, about) => restoreNet(net(about.params), state, about),
});
