import * as pulumi from "@pulumi/pulumi";
import { ApiKey, VerifiedSender, type VerifiedSenderArgs } from "@pulumi/sendgrid";
import { parseMailAddress } from "../mail-dns/mail-address";
import { refuse } from "../refuse";

export interface SingleSenderArgs extends Omit<VerifiedSenderArgs, "fromEmail"> {
  /** The one address that mail is sent from. SendGrid writes to it, and somebody has to follow the link. */
  address: string;
}

/**
 * One verified address and a key to send from it: for trials, where the domain is not yours to authenticate. SendGrid
 * signs with a domain of its own, so nothing aligns with the address's domain, and receivers whose DMARC policy says
 * so refuse the mail. Mail of a domain that is yours takes a {@link SenderIdentity}.
 */
export class SingleSender extends pulumi.ComponentResource {
  /** The SMTP password: an API key with the scope `mail.send` alone. Secret. */
  readonly apiKey: pulumi.Output<string>;
  /** Whether somebody has followed the link; until then SendGrid refuses the address. */
  readonly verified: pulumi.Output<boolean>;

  constructor(name: string, args: SingleSenderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarthost:index:SingleSender", name, {}, opts);
    const { address, ...details } = args;
    const { domain, faults } = parseMailAddress(address, "address");
    refuse(`SingleSender "${name}"`, faults);
    this.urn.apply(() =>
      pulumi.log.warn(
        `address: mail from ${address} can never pass DMARC, because SendGrid signs with its own domain. ` +
          `Authenticate ${domain} with a SenderIdentity before you send to others.`,
        this,
      ),
    );
    const parent = { parent: this };
    const sender = new VerifiedSender(`${name}-sender`, { ...details, fromEmail: address }, parent);
    const keyArgs = { name: `${address} (${name})`, scopes: ["mail.send"] };
    this.apiKey = pulumi.secret(new ApiKey(`${name}-key`, keyArgs, parent).apiKey);
    this.verified = sender.verified;
    this.registerOutputs({ apiKey: this.apiKey, verified: this.verified });
  }
}
