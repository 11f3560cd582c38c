import { key } from "#core";
import heston from "../catalog/processes/heston.ts";

for (const scheme of ["full-truncation", "qe"]) {
  for (let i = 0; i < 4; i++) {
    const t = performance.now();
    const cpu = process.cpuUsage();
    heston.simulate({ paths: 100_000, steps: 60, dt: 1 / 252, key: key(1), spot: 100, scheme });
    process.stdout.write(`${scheme} ${(performance.now() - t).toFixed(0)} ms, cpu ${((process.cpuUsage(cpu).user + process.cpuUsage(cpu).system) / 1000).toFixed(0)} ms\n`);
  }
}
