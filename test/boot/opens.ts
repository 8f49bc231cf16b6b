import { connect } from "node:net";

const LIMIT_MS = 10_000;

/** Whether a TCP port takes a connection from one of this process's addresses. */
export function opens(host: string, port: number, localAddress: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, localAddress, timeout: LIMIT_MS });
    const end = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}
