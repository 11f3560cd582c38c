import { openLedger } from "#run";

/** Appends records one by one until it is killed or done; says so after each that is on the disk. */
const [root, name, count] = process.argv.slice(2);
const ledger = openLedger(root!, "shared");
for (let i = 0; i < Number(count); i++) {
  await ledger.append([{ kind: "intent", study: "shared", trial: `${name}-${i}` }]);
  process.stdout.write(`${name}-${i}\n`);
}
