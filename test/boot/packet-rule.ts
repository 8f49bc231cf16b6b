import { execa } from "execa";

/**
 * Adds a rule of nft(8) for the packets of this network, such as `tcp dport 53 drop`; the returned function takes it away.
 * One such rule at a time.
 */
export async function addPacketRule(hook: "input" | "output", rule: string): Promise<() => Promise<void>> {
  const table = ["ip", "fault"];
  const chain = ["chain every {", `type filter hook ${hook} priority 0;`, `${rule};`, "}"];
  await execa("nft", ["-f", "-"], { input: [`table ${table.join(" ")} {`, ...chain, "}", ""].join("\n") });
  return async () => {
    await execa("nft", ["delete", "table", ...table]);
  };
}
