import { isIP } from "node:net";

/** Whether the text is an address with which node:dns asks a server: an IP address, with a port if it is not 53. */
export function isDnsServer(server: string): boolean {
  const [, bracketed, port, v4, v4Port] = /^(?:\[(.+)\](?::(\d+))?|([\d.]+):(\d+))$/.exec(server) ?? [];
  const isPort = [port, v4Port].every(
    (each) => each === undefined || (Number(each) > 0 && Number(each) < 65_536),
  );
  return isIP(server) !== 0 || (isPort && (isIP(bracketed ?? "") === 6 || isIP(v4 ?? "") === 4));
}
