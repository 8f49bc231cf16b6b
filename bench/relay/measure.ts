import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "./lab";
import { ProcessorWatch } from "./processor";
import type { Throughput } from "./result";
import type { Load, MailServer } from "./server";
import type { SinkCounts } from "./sink-orders";

/** Nothing moves for so long: something is wrong. */
const STALLED_MS = 90_000;
/** Neither side has this parameter of its own, so it can be taken out again. */
const HOLD = { smtpd_end_of_data_restrictions: "check_client_access static:HOLD" };
const NO_HOLD = { smtpd_end_of_data_restrictions: "" };

/** Where mail goes: through the wire with its round trip, or straight to the sink. */
export type Way = { roundTripMs: number } | "straight";

/**
 * Fills the queue while the smart host is down, brings it back and has the queue tried at once.
 *
 * @throws Error when a message is lost or nothing moves any more
 */
export async function drain(lab: Lab, server: MailServer, load: Load, way: Way): Promise<Throughput> {
  await lab.wire.ask({ order: "close" });
  // Nobody listens behind the name while the queue is filled, whichever way it drains.
  await lab.lead("wire");
  await server.handIn(load);
  // A queue run of Postfix's own may have some of it in its hands: then it is looked at again.
  await untilMoved(async () => {
    const moving = await server.count("incoming", "active");
    const queued = await server.count("deferred");
    return { done: moving === 0 && queued === load.messages, state: queued };
  });
  await open(lab, way);
  await lab.sink.ask({ order: "reset" });
  const watch = watchOf(lab, server);
  const begin = Date.now();
  await server.flush();
  return await arrival(lab, server, load, begin, watch);
}

/**
 * Hands mail in and waits until the last message arrived.
 *
 * @returns the throughput of it all, and the rate at which the server took the mail meanwhile
 */
export async function passThrough(
  lab: Lab,
  server: MailServer,
  load: Load,
  way: Way,
): Promise<Throughput & { accepted: number }> {
  await lab.wire.ask({ order: "close" });
  await open(lab, way);
  await lab.sink.ask({ order: "reset" });
  const watch = watchOf(lab, server);
  const { begin, end } = await server.handIn(load);
  const throughput = await arrival(lab, server, load, begin, watch);
  return { ...throughput, accepted: perSecond(load.messages, end - begin) };
}

/** Messages a second that a server takes when it keeps them all: nothing is delivered meanwhile. */
export async function accept(server: MailServer, load: Load): Promise<number> {
  await server.configure(HOLD);
  try {
    const { begin, end } = await server.handIn(load);
    const held = await server.count("hold");
    if (held !== load.messages) {
      throw new Error(`${server.side}: ${load.messages} messages were handed in, and ${held} are held`);
    }
    await server.empty();
    return perSecond(load.messages, end - begin);
  } finally {
    await server.configure(NO_HOLD);
  }
}

async function open(lab: Lab, way: Way): Promise<void> {
  if (way === "straight") {
    await lab.lead("sink");
    return;
  }
  await lab.lead("wire");
  await lab.wire.ask({ order: "open", roundTripMs: way.roundTripMs });
}

function watchOf(lab: Lab, server: MailServer): ProcessorWatch {
  const own = { [lab.sink.pid]: "(sink)", [lab.wire.pid]: "(wire)", [process.pid]: "(benchmark)" };
  return new ProcessorWatch({ server: server.leader, own });
}

async function arrival(
  lab: Lab,
  server: MailServer,
  load: Load,
  begin: number,
  watch: ProcessorWatch,
): Promise<Throughput> {
  let counts: SinkCounts | undefined;
  await untilMoved(async () => {
    counts = await lab.sink.ask({ order: "count" });
    return { done: counts.messages >= load.messages, state: counts.messages };
  });
  const use = watch.stop();
  if (counts === undefined || counts.messages !== load.messages) {
    throw new Error(`${load.messages} messages were handed in, and ${counts?.messages} arrived`);
  }
  // The last ones are still being taken out of the queue. A reload now would leave them there for another turn.
  await untilMoved(async () => {
    const state = await server.count("incoming", "active", "deferred");
    return { done: state === 0, state };
  });
  return {
    messagesPerSecond: perSecond(load.messages, counts.last - begin),
    connections: counts.connections,
    mostConnections: counts.most,
    use,
  };
}

/** @throws Error when it is not done and its state stays the same for {@link STALLED_MS} */
async function untilMoved(look: () => Promise<{ done: boolean; state: number }>): Promise<void> {
  let moved = Date.now();
  let last: number | undefined;
  for (;;) {
    const { done, state } = await look();
    if (done) {
      return;
    }
    if (state !== last) {
      last = state;
      moved = Date.now();
    } else if (Date.now() - moved > STALLED_MS) {
      throw new Error(`nothing moves any more, at ${state} messages`);
    }
    await sleep(50);
  }
}

function perSecond(messages: number, milliseconds: number): number {
  return messages / (milliseconds / 1000);
}
