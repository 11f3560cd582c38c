import { readFileSync } from "node:fs";
import { sha256 } from "#core";
import { type Catalog, type CatalogFolder, openCatalog } from "./catalog.ts";
import { environmentOf } from "./hedging-arm.ts";
import { armsOf, type EnvironmentRef, type HedgingSpec } from "./hedging-spec.ts";

/** The environments of an arm as they are defined, in the order of the spec. */
export type ArmDefinition = Readonly<
  Record<"environments" | "validation" | "tests", readonly object[]>
>;

/**
 * What the names in a study stand for. A user may edit an entry in place, so that its name is no identity; the built-in
 * catalog is code, which is none either.
 */
export interface Definitions {
  readonly arms: Readonly<Record<string, ArmDefinition>>;
  /** SHA-256 of the user's own files of objectives, policies and claims, by `folder/name`. */
  readonly files: Readonly<Record<string, string>>;
}

/** Looks up all that the arms of a study name. Rejects with `VolterraError` for what does not exist. */
export async function definitionsOf(spec: HedgingSpec, catalog: Catalog): Promise<Definitions> {
  const builtIn = openCatalog();
  const hashOf = (folder: CatalogFolder, name: string): string | undefined =>
    builtIn.names(folder).includes(name)
      ? undefined
      : sha256(readFileSync(catalog.file(folder, name)));
  const define = async (ref: EnvironmentRef): Promise<object> => {
    if (typeof ref === "object" && "real" in ref) return ref;
    const { kind: _, describe: __, ...own } = await environmentOf(catalog, ref);
    const file = hashOf("environments", typeof ref === "string" ? ref : ref.from);
    return { ...own, files: { environment: file, process: hashOf("processes", own.process) } };
  };
  const arms: Record<string, ArmDefinition> = {};
  for (const arm of armsOf(spec)) {
    const [environments, validation, tests] = await Promise.all(
      (["environments", "validation", "tests"] as const).map((part) =>
        Promise.all(spec.arms[arm]![part].map(define)),
      ),
    );
    arms[arm] = { environments: environments!, validation: validation!, tests: tests! };
  }
  const used = [
    ...[...spec.methods, ...armsOf(spec).flatMap((arm) => spec.arms[arm]!.methods ?? [])].map(
      (name) => ["objectives", name] as const,
    ),
    ...[spec.policy, ...spec.baselines].map((name) => ["policies", name] as const),
    ["claims", spec.claims] as const,
  ];
  const files = used.flatMap(([folder, name]) => {
    const hash = hashOf(folder, name);
    return hash === undefined ? [] : [[`${folder}/${name}`, hash] as const];
  });
  return { arms, files: Object.fromEntries(files) };
}
