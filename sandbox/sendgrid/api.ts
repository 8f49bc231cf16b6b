import { once } from "node:events";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import type { Resolve } from "../dns";
import type { SendGridAccount } from "./account";
import { type Exchange, recordExchanges } from "./exchanges";
import { type Faults, injectFaults } from "./faults";
import { limitRate, RateLimit, type RateLimitOptions } from "./rate-limit";
import { Refusal } from "./refusal";
import type { ApiEnv } from "./request";
import { accessRoutes } from "./routes/access";
import { accountRoutes } from "./routes/account";
import { activityRoutes } from "./routes/activity";
import { authenticationRoutes } from "./routes/authentication";
import { deliveryRoutes } from "./routes/delivery";
import { marketingRoutes } from "./routes/marketing";
import { settingsRoutes } from "./routes/settings";
import { LookupFailed } from "./validation";

export interface SendGridApiOptions {
  account: SendGridAccount;
  /** Where validation looks records up. */
  resolver: Resolve;
  address?: string;
  port?: number;
  rateLimit?: RateLimitOptions;
}

export interface SendGridApi {
  /** The base URL, without a path. */
  readonly url: string;
  /** Put a fault in the way of the next requests. */
  readonly faults: Faults;
  /** The latest exchanges, oldest first; API keys are redacted and no authorization is kept. */
  exchanges(): Exchange[];
  close(): Promise<void>;
}

/**
 * Starts the substitute for SendGrid's v3 API: domain authentication, API keys, scopes and the user's name, over plain HTTP.
 *
 * It is stricter than SendGrid: unknown properties and parameters are refused. It does not show TLS, other
 * endpoints, SendGrid's own latency, nor how long a new key takes to work.
 *
 * @throws Error of the socket when the address cannot be bound.
 */
export async function startSendGridApi(options: SendGridApiOptions): Promise<SendGridApi> {
  const { account, address = "127.0.0.1", port = 0 } = options;
  const log: Exchange[] = [];
  const app = sendGridApp(options, log);
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, address);
  await once(server, "listening");
  const bound = server.address();
  const boundPort = typeof bound === "object" && bound ? bound.port : port;
  return {
    url: `http://${address}:${boundPort}`,
    faults: account.faults,
    exchanges: () => [...log],
    close: async () => {
      const closed = once(server, "close");
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    },
  };
}

/** The API without a server, as a function from requests to answers; exchanges are added to the log. */
export function sendGridApp(
  { account, resolver, rateLimit }: Pick<SendGridApiOptions, "account" | "resolver" | "rateLimit">,
  log: Exchange[] = [],
): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use(recordExchanges(log), injectFaults(account.faults), limitRate(new RateLimit(rateLimit)));
  app.route("/", authenticationRoutes(account, resolver));
  app.route("/", accessRoutes(account));
  app.route("/", activityRoutes(account));
  app.route("/", settingsRoutes(account));
  app.route("/", marketingRoutes(account));
  app.route("/", deliveryRoutes(account));
  app.route("/", accountRoutes(account));
  app.notFound((context) => context.json({ errors: [{ field: null, message: "Not Found" }] }, 404));
  app.onError((error, context) => {
    if (error instanceof Refusal) return context.json({ errors: error.faults }, error.status);
    if (error instanceof LookupFailed) return context.json({ errors: [{ message: error.message }] }, 500);
    return context.json({ errors: [{ field: null, message: `substitute failed: ${error.message}` }] }, 500);
  });
  return app;
}
