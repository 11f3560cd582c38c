import { describe, expect, it } from "vitest";
import type { Model } from "#learn";
import { leakText } from "#run";
import { auditCatalogModel } from "./model-rows.ts";
import { catalog } from "./worlds.ts";

const models = await Promise.all(
  catalog.names("models").map((name) => catalog.load<Model>("models", name)),
);

describe.each(models)("the model $name", (model) => {
  it("forecasts each row from that row and the training rows alone", async () => {
    for (const { leak, cuts } of await auditCatalogModel(model)) {
      expect(leak && leakText(leak)).toBeNull();
      expect(cuts).toBeGreaterThan(2);
    }
  });
});
