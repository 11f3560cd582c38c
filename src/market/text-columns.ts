import { existsSync } from "node:fs";
import { VolterraError } from "#core";
import { identifier, literal, withDuck } from "./duck.ts";

/** Columns of a file of any origin, every cell as text. */
export interface TextColumns {
  readonly rows: number;
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

/** Reads a CSV (header in the first line) or Parquet file. Throws `VolterraError("NOT_FOUND" | "DATA")` naming it. */
export async function readTextColumns(path: string): Promise<TextColumns> {
  if (!existsSync(path)) throw new VolterraError("NOT_FOUND", `no file ${path}`);
  const from = path.endsWith(".parquet")
    ? `read_parquet(${literal(path)})`
    : `read_csv(${literal(path)}, all_varchar = true, header = true)`;
  return withDuck(async (duck) => {
    const read = async (sql: string) => (await duck.runAndReadAll(sql)).getColumnsJson();
    try {
      const described = (await duck.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)).getRows();
      const names = described.map((row) => String(row[0]));
      const cells = names.map((n) => `coalesce(${identifier(n)}::VARCHAR, '') AS ${identifier(n)}`);
      const found = await read(`SELECT ${cells.join(", ")} FROM ${from}`);
      const columns = names.map((name, i) => [name, (found[i] ?? []).map(String)] as const);
      return { rows: columns[0]?.[1].length ?? 0, columns: Object.fromEntries(columns) };
    } catch (cause) {
      const [first] = (cause as Error).message.split("\n");
      throw new VolterraError(
        "DATA",
        `${path} cannot be read: ${first}`,
        "CSV with a header, or Parquet.",
        {
          cause,
        },
      );
    }
  });
}
