import { join } from "node:path";
import { importSource, listSnapshots, openLake } from "#market";
import { describe, expect, it } from "vitest";
import folder from "../../catalog/sources/folder.ts";
import {
  beginImport,
  killImports,
  prepareImport,
  readWhole,
  saying,
  writeFolder,
} from "./kill-import.ts";
import { context, scratchFolder } from "./small-world.ts";

describe("an import killed at any moment", () => {
  it("leaves the lake before or after, whole, and the next import works (8 times)", async () => {
    const { finished } = await killImports(scratchFolder(), 8);
    expect(finished).toBeLessThan(8);
  });
});

describe("two imports from two processes at once", () => {
  it("both end and the lake is whole", async () => {
    const dir = scratchFolder();
    const lake = openLake(join(dir, "lake"));
    const children = await Promise.all([prepareImport(lake.dir), prepareImport(lake.dir)]);
    children.forEach((child, k) => beginImport(child, writeFolder(join(dir, `state-${k}`), k + 1)));
    const said = await Promise.all(children.map((child) => saying(child, "done")));
    for (const text of said) expect(text).toContain("done");
    const ids = said.map((text) => text.trim().split(" ").at(-1));
    expect(ids).toContain(await readWhole(lake));
    expect(listSnapshots(lake)).toHaveLength(2);
  });
});

describe("a disk that refuses a file", () => {
  it("is named with the reason, the snapshot before stays whole, and the next import works", async () => {
    const dir = scratchFolder();
    const lake = openLake(join(dir, "lake"));
    const path = writeFolder(join(dir, "state-1"), 1);
    const { snapshot } = await importSource(lake, folder, context({ path }));
    const next = writeFolder(join(dir, "state-2"), 2);
    const limited = await prepareImport(lake.dir, "trap '' XFSZ; ulimit -f 4;");
    beginImport(limited, next);
    const said = await saying(limited, "DISK");
    expect(said).toContain(`DISK cannot write ${lake.dir}: the file would be too large`);
    expect(await readWhole(lake)).toBe(snapshot);
    const report = await importSource(lake, folder, context({ path: next }));
    expect(await readWhole(lake)).toBe(report.snapshot);
  });
});
