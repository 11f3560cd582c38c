/** Imported before a bench, this prints its peak memory when it ends. */
process.on("exit", () => {
  const { maxRSS } = process.resourceUsage();
  process.stdout.write(`peak memory ${Math.round(maxRSS / 1024)} MB\n`);
});
