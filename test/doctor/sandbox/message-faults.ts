import { DOMAIN } from "../../../sandbox/world";
import type { SeededFault } from "./patient";

/** What a message shows that was received. Nothing is changed in the world. */
export const MESSAGE_FAULTS: SeededFault[] = [
  {
    name: "message-changed-on-its-way",
    check: "message",
    says: new RegExp(`the signature of ${DOMAIN} is (fail|neutral)|the signature is (fail|neutral)`),
    seed: async () => async () => {},
    received: ({ received }) =>
      Buffer.from(received.toString("latin1").replace("Sent at", "Read at"), "latin1"),
  },
];
