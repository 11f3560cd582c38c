import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A room imports only rooms before it. */
const ROOMS =
  "core num quant evidence learn market features trade backtest hedge run report server cli".split(
    " ",
  );

/** Rooms that must not know one another, although the order would allow it. */
const SEALED: Record<string, readonly string[]> = {
  evidence: ["market", "features", "trade", "backtest", "quant"],
  learn: ["market", "features", "trade", "backtest"],
  trade: ["market", "features", "learn"],
};

/** Hidden inputs, and the only files that may touch them. */
const HIDDEN: readonly { name: string; pattern: RegExp; owners: readonly string[] }[] = [
  {
    name: "the clock",
    pattern: /\bDate\.now\b|\bnew Date\b|\bDate\.UTC\b|\bperformance\.now\b/,
    owners: ["src/core/day.ts"],
  },
  { name: "hidden randomness", pattern: /\bMath\.random\b|\brandomUUID\b/, owners: [] },
  { name: "the environment", pattern: /\bprocess\.env\b/, owners: [] },
  { name: "the console", pattern: /\bconsole\.\w/, owners: [] },
];

interface Source {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sources(folder: string): Source[] {
  const top = path.join(ROOT, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => {
      const text = readFileSync(path.join(top, file), "utf8");
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((m) => m[1]!);
      return { file: `${folder}/${file.replaceAll("\\", "/")}`, text, imports };
    });
}

const room = (file: string) => file.split("/")[1]!;
const src = sources("src");
const code = src.map(({ file, text }) => ({
  file,
  text: text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|[^:])\/\/.*$/gm, "$1"),
}));

describe("the house", () => {
  it("has only the rooms of the plan", () => {
    const found = new Set(
      src.map(({ file }) => room(file)).filter((name) => !name.endsWith(".ts")),
    );
    expect([...found].filter((name) => !ROOMS.includes(name))).toEqual([]);
    expect(found.size).toBeGreaterThan(5);
  });

  it("imports rooms by their door and files of the same room by name", () => {
    const wrong = src.flatMap(({ file, imports }) =>
      imports
        .filter((i) => i.startsWith("#") || i.startsWith("."))
        .filter((i) =>
          i.startsWith("#")
            ? !ROOMS.includes(i.slice(1))
            : room(path.posix.join(path.posix.dirname(file), i)) !== room(file),
        )
        .map((i) => `${file} → ${i}`),
    );
    expect(wrong).toEqual([]);
  });

  it("lets data flow one way", () => {
    const wrong = src.flatMap(({ file, imports }) =>
      imports
        .filter((i) => i.startsWith("#"))
        .map((i) => i.slice(1))
        .filter(
          (target) =>
            room(file) === target ||
            (ROOMS.includes(room(file)) && ROOMS.indexOf(target) >= ROOMS.indexOf(room(file))) ||
            (SEALED[room(file)] ?? []).includes(target),
        )
        .map((target) => `${file} → #${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("has no circle inside a room", () => {
    const edges = new Map(
      src.map(({ file, imports }) => [
        file,
        imports
          .filter((i) => i.startsWith("."))
          .map((i) => path.posix.join(path.posix.dirname(file), i)),
      ]),
    );
    const state = new Map<string, "open" | "closed">();
    const circles: string[] = [];
    function visit(file: string, trail: readonly string[]): void {
      if (state.get(file) === "closed") return;
      if (state.get(file) === "open") {
        circles.push([...trail.slice(trail.indexOf(file)), file].join(" → "));
        return;
      }
      state.set(file, "open");
      for (const next of edges.get(file) ?? []) visit(next, [...trail, file]);
      state.set(file, "closed");
    }
    for (const file of edges.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });

  it("has doors that only re-export", () => {
    const wrong = code
      .filter(({ file }) => /^src\/\w+\/index\.ts$/.test(file))
      .filter(({ text }) =>
        text
          .replaceAll(/export (type )?(\*|\{[^}]*\}) from "[^"]+";/g, "")
          .trim()
          .replaceAll(/\s/g, ""),
      )
      .map(({ file }) => file);
    expect(wrong).toEqual([]);
  });

  it.each(HIDDEN)("keeps $name out of the rooms", ({ pattern, owners }) => {
    const wrong = code.filter(({ file, text }) => !owners.includes(file) && pattern.test(text));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it("has no drawer for everything", () => {
    const drawers = /(^|\/)(utils?|helpers?|common|types|misc)(\.ts|\/)/;
    const wrong = [...src, ...sources("catalog")].filter(({ file }) => drawers.test(file));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });
});

describe("the catalog", () => {
  it("imports rooms and never another entry", () => {
    const wrong = sources("catalog").flatMap(({ file, imports }) =>
      imports.filter((i) => i.startsWith(".")).map((i) => `${file} → ${i}`),
    );
    expect(wrong).toEqual([]);
  });
});
