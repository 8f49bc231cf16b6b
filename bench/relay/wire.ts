import { DelayProxy } from "./delay-proxy";
import { wireOrder } from "./wire-orders";

let proxy: DelayProxy | undefined;

process.on("message", async (message) => {
  const order = wireOrder.parse(message);
  if (order.order === "make") {
    proxy = new DelayProxy(order.listen, order.server, 0);
  } else if (order.order === "open" && proxy !== undefined) {
    proxy.roundTripMs = order.roundTripMs;
    await proxy.open();
  } else {
    await proxy?.close();
  }
  process.send?.(true);
});
process.on("disconnect", () => process.exit(0));
