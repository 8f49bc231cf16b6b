import type * as pulumi from "@pulumi/pulumi";
import type { DkimDeclaration } from "../mail-dns/dkim/record";
import type { SmartHostEndpoint } from "./smart-host";

/** Any other smart host: you bring the credential, and say how it signs. */
export interface GenericSmartHost {
  kind: "generic";
  endpoint: SmartHostEndpoint;
  password: pulumi.Input<string>;
  dkim: DkimDeclaration[];
  spfInclude?: string;
  /** True where bounces go to the host's own domain, so that its SPF never aligns with the From domain. */
  hasOwnReturnPath?: boolean;
}

export interface GenericSmartHostArgs {
  /** Its SMTP name; the certificate must be valid for it. */
  host: string;
  /** Default 587. 465 means TLS from the first byte. 25 is for `internalHost()` only. */
  port?: number;
  /** SASL user name. */
  user: string;
  /** SASL password; kept secret whether or not it is marked so. */
  password: pulumi.Input<string>;
  /** How the host signs: the records or keys that it shows. Without one, DMARC passes by SPF alone. */
  dkim?: DkimDeclaration[];
  /** The domain whose SPF record names the host's addresses; goes into the SPF record of the From domain. */
  spfInclude?: string;
  /** A host of your own inside the private network, with a login; one without is made by `internalHost()`. Default false. */
  internal?: boolean;
  /** Largest message in bytes (its EHLO SIZE). */
  maxMessageBytes?: number;
  /** How many messages it takes on one connection. */
  maxMessagesPerConnection?: number;
  /** How many connections it takes at once from one client; the relay makes at most 50. Default 20. */
  maxConnections?: number;
}

/** A smart host without a preset. */
export function smartHost(args: GenericSmartHostArgs): GenericSmartHost {
  const {
    host,
    port = 587,
    user,
    internal,
    maxMessageBytes,
    maxMessagesPerConnection,
    maxConnections,
  } = args;
  return {
    kind: "generic",
    password: args.password,
    dkim: args.dkim ?? [],
    spfInclude: args.spfInclude,
    endpoint: {
      name: host,
      host,
      port,
      tls: port === 465 ? "wrapper" : "starttls",
      user,
      internal,
      maxMessageBytes,
      maxMessagesPerConnection,
      maxConnections,
    },
  };
}
