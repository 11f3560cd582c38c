import { TRAINING, defineModel, restoreNet, trainNet } from "#learn";
import { z } from "zod";

const PARAMS = z.strictObject({
  hidden: z.int().positive().default(64),
  layers: z.int().positive().default(2),
  dropout: z.number().min(0).lt(1).default(0.2),
  head: z.array(z.int().positive()).default([32]),
  head_dropout: z.number().min(0).lt(1).default(0),
  ...TRAINING,
});
type Params = z.infer<typeof PARAMS>;

/** LSTM layers whose states are averaged by additive attention (Bahdanau, Cho & Bengio 2015), then a perceptron. */
const net = (params: Params) => ({
  parts: [
    { kind: "lstm", hidden: params.hidden, layers: params.layers, dropout: params.dropout },
    { kind: "attention" },
    {
      kind: "head",
      hidden: params.head,
      activation: "relu",
      norm: false,
      dropout: params.head_dropout,
    },
  ] as const,
  training: params,
});

export default defineModel<Params>({
  name: "attention-lstm",
  describe: "LSTM with additive attention over its states",
  tasks: ["classes", "number"],
  input: "sequence",
  params: PARAMS,
  minimumRows: () => 20,
  train: (rows, params, key, context) => trainNet(net(params), rows, key, context),
  restore: (state, about) => restoreNet(net(about.params), state, about),
});
