import fc from "fast-check";
import { expect, test } from "vitest";
import { renderMainCf } from "../../components/postfix-relay/postfix/main-cf";
import { masterServices } from "../../components/postfix-relay/postfix/master-cf";
import { checkRelaySettings, type RelaySettings } from "../../components/postfix-relay/settings";
import { anyRelaySettings, plainRoute } from "./any-relay-settings";
import { parameters } from "./main-cf-reader";
import { settings } from "./relay-settings";

const main = (changed: Partial<RelaySettings> = {}) => parameters(renderMainCf({ ...settings, ...changed }));
const wrapper = { ...settings.smartHost, port: 465, tls: "wrapper" as const };

test("only loopback and the given clients may relay, whatever they ask for", () => {
  const { mynetworks, ...rest } = main({ clients: ["10.0.0.0/16", "192.168.7.0/24"] });
  expect(mynetworks?.split(/\s+/)).toEqual(["127.0.0.0/8", "10.0.0.0/16", "192.168.7.0/24"]);
  expect(rest).toMatchObject({
    smtpd_client_restrictions: "permit_mynetworks, reject",
    smtpd_relay_restrictions: "permit_mynetworks, reject",
    smtpd_data_restrictions: "permit_mynetworks, reject",
  });
});

test("the smart host is named twice, without a look-up of its MX", () => {
  expect(main().relayhost).toBe("[smtp.sendgrid.net]:587, [smtp.sendgrid.net]:587");
});

test("the smart host's certificate is verified by its name, and nothing below TLS 1.2 is spoken", () => {
  expect(main()).toMatchObject({
    smtp_tls_security_level: "secure",
    smtp_tls_secure_cert_match: "nexthop",
    smtp_tls_mandatory_protocols: ">=TLSv1.2",
  });
});

test("the password is sent over TLS only", () => {
  expect(main()).toMatchObject({
    smtp_sasl_security_options: "noanonymous, noplaintext",
    smtp_sasl_tls_security_options: "noanonymous",
  });
});

test("a password that the smart host refused rests for a minute", () => {
  expect(main()).toMatchObject({
    smtp_sasl_auth_cache_name: "proxy:btree:$data_directory/smtp_sasl_auth_cache",
    smtp_sasl_auth_cache_time: "60s",
  });
});

test("bare line feeds get no exemption for the relay's own clients", () => {
  expect(main()).toMatchObject({
    smtpd_forbid_bare_newline: "normalize",
    smtpd_forbid_bare_newline_exclusions: "",
  });
});

test("connection reuse comes with the service that it needs", () => {
  expect(main().smtp_tls_connection_reuse).toBe("yes");
  expect(masterServices(settings).map(({ key }) => key)).toContain("tlsproxy/unix");
});

test("what the smart host limits is limited here", () => {
  const limited = main();
  expect(Number(limited.message_size_limit)).toBeLessThan(31_457_280);
  expect(Number(limited.message_size_limit)).toBeGreaterThan(31_400_000);
  expect(limited.smtp_connection_reuse_count_limit).toBe("4999");
});

test("a message of the largest size that smtpd takes is not refused for what cleanup counts with it", () => {
  const cleanup = masterServices(settings).find(({ key }) => key === "cleanup/unix");
  expect(cleanup?.line).toMatch(/ -o message_size_limit=32457280$/);
  const { maxMessageBytes: _, ...smartHost } = settings.smartHost;
  expect(masterServices({ ...settings, smartHost }).map(({ key }) => key)).not.toContain("cleanup/unix");
});

test("only the answer to a message gives it up", () => {
  const [, pattern = "", result] =
    /^regexp:\{ \{\/(.+)\/ (\S+)\} \}$/.exec(main().smtp_delivery_status_filter ?? "") ?? [];
  expect(result).toBe("4$$1");
  // Texts of smtp(8): smtp_addr.c, smtp_proto.c.
  const filtered = (text: string) => text.replace(new RegExp(pattern, "i"), "4$1");
  const server = "smtp.sendgrid.net[192.0.2.1]";
  for (const text of [
    ".4.4 Host or domain name not found. Name service error for name=x type=A: Host not found",
    ".4.3 Name service error for name=x type=A: Malformed or unexpected name server reply",
    ".4.4 unable to look up host x: Name or service not known",
    `.5.1 TLS is required, but host ${server} refused to start TLS: 502 5.5.1 no`,
    `.0.0 host ${server} refused to talk to me: 554 no`,
    ".4.6 mail for x loops back to myself",
    `.7.0 host ${server} said: 530 5.7.0 Authentication required (in reply to MAIL FROM command)`,
  ]) {
    expect(filtered(`5${text}`)).toBe(`4${text}`);
  }
  for (const text of [
    `5.1.1 host ${server} said: 550 5.1.1 no such user: host x refused to talk (in reply to RCPT TO command)`,
    `5.7.1 host ${server} said: 554 5.7.1 530 of them (in reply to end of DATA command)`,
    "5.3.4 message size 9 exceeds size limit 8 of server x",
    "2.0.0 250 ok",
  ]) {
    expect(filtered(text)).toBe(text);
  }
});

test("what the smart host does not limit keeps Postfix's default", () => {
  const { maxMessageBytes: _bytes, maxMessagesPerConnection: _count, ...smartHost } = settings.smartHost;
  const unlimited = main({ smartHost });
  expect(unlimited).not.toHaveProperty("message_size_limit");
  expect(unlimited).not.toHaveProperty("smtp_connection_reuse_count_limit");
});

test("as many messages at once as the smart host takes, up to 50; Postfix's 20 where nobody says", () => {
  const limitedTo = (maxConnections: number | undefined, more = {}) =>
    main({ smartHost: { ...settings.smartHost, maxConnections, ...more } });
  expect(limitedTo(10_000).smtp_destination_concurrency_limit).toBe("50");
  expect(limitedTo(5).smtp_destination_concurrency_limit).toBe("5");
  expect(limitedTo(undefined)).not.toHaveProperty("smtp_destination_concurrency_limit");
  expect(limitedTo(30, { port: 465, tls: "wrapper" })).toMatchObject({
    default_transport: "smarthost",
    smarthost_destination_concurrency_limit: "30",
  });
});

test("what the smart host behind takes at once limits the first one too", () => {
  const smartHost = { ...settings.smartHost, maxConnections: 10_000 };
  const behind = (maxConnections?: number) => ({
    ...second,
    endpoint: { ...second.endpoint, maxConnections },
  });
  expect(main({ smartHost, fallbacks: [behind(8)] }).smtp_destination_concurrency_limit).toBe("8");
  expect(main({ smartHost, fallbacks: [behind()] })).not.toHaveProperty("smtp_destination_concurrency_limit");
});

test("TLS from the first byte has a transport of its own, and the retry limit goes with it", () => {
  expect(main({ smartHost: wrapper })).toMatchObject({
    relayhost: "[smtp.sendgrid.net]:465, [smtp.sendgrid.net]:465",
    default_transport: "smarthost",
    default_destination_concurrency_negative_feedback: "0",
    default_destination_concurrency_failed_cohort_limit: "0",
  });
  const lines = masterServices({ ...settings, smartHost: wrapper }).map(({ line }) => line);
  expect(lines).toContain("smarthost unix - - y - - smtp -o smtp_tls_wrappermode=yes");
});

test("notices go to the bounce address, from it, and with its domain in From", () => {
  const noticed = main({ bounceAddress: "mail-admin@example.com" });
  expect(noticed).toMatchObject({
    "2bounce_notice_recipient": "mail-admin@example.com",
    smtp_generic_maps: "inline:{ { double-bounce@relay.example.com = mail-admin@example.com } }",
    myorigin: "example.com",
  });
  expect(noticed).not.toHaveProperty("virtual_mailbox_domains");
});

test("notices stay on the queue volume where there is no bounce address", () => {
  expect(main()).toMatchObject({
    "2bounce_notice_recipient": "notices@relay.example.com",
    virtual_mailbox_domains: "relay.example.com",
    virtual_mailbox_base: "/var/spool/postfix",
    virtual_mailbox_maps: "inline:{ { notices@relay.example.com = notices/ } }",
  });
});

const second = {
  endpoint: { ...settings.smartHost, host: "smtp.mailgun.org", maxMessageBytes: 25_000_000 },
  credential: settings.credential,
};

test("with others behind it the smart host is named once, and none of them waits long", () => {
  expect(main({ fallbacks: [second] })).toMatchObject({
    relayhost: "[smtp.sendgrid.net]:587, [smtp.mailgun.org]:587",
    default_transport: "smtp",
    smtp_connect_timeout: "5s",
    smtp_mx_address_limit: "2",
  });
  expect(main()).not.toHaveProperty("smtp_connect_timeout");
});

test("a message fits the smallest of the smart hosts, and a connection ends at the first limit", () => {
  const { maxMessagesPerConnection: _, ...unlimited } = second.endpoint;
  const limited = main({ fallbacks: [{ ...second, endpoint: unlimited }] });
  expect(Number(limited.message_size_limit)).toBe(25_000_000 - 16_384);
  expect(limited.smtp_connection_reuse_count_limit).toBe("4999");
});

test("senders are not restricted, and headers not touched, unless it is asked for", () => {
  const usual = main({ hideClients: false });
  for (const name of ["smtpd_sender_restrictions", "header_checks", "smtp_generic_maps"]) {
    expect(usual).not.toHaveProperty(name);
  }
});

test("a refusal names a few domains only, so that it fits a reply", () => {
  const senders = Array.from({ length: 9 }, (_, index) => `d${index}.${"x".repeat(60)}.example`);
  const refusal = main({ senders }).smtpd_sender_restrictions?.match(/static:\{ (.*) \}$/)?.[1] ?? "";
  expect(refusal).toMatch(
    /^550 5\.7\.1 sender is not of this relay's domains: d0\S+, d1\S+, d2\S+ and 6 more$/,
  );
  expect(refusal.length).toBeLessThan(400);
});

test("a masqueraded address may send, although its host is no domain of the relay's", () => {
  const { smtpd_sender_restrictions } = main({
    senders: ["example.com"],
    masquerade: { "Root@App01": "root@example.com", "@app02.internal": "app@example.com" },
  });
  expect(smtpd_sender_restrictions).toContain(
    "inline:{ { <> = OK } { example.com = OK } { root@app01 = OK } { app02.internal = OK } }",
  );
});

test("a masquerade shares the table with the notices' sender", () => {
  const masquerade = { "@relay.example.com": "relay@example.com" };
  expect(main({ bounceAddress: "admin@example.com", masquerade }).smtp_generic_maps).toBe(
    "inline:{ { double-bounce@relay.example.com = admin@example.com } { @relay.example.com = relay@example.com } }",
  );
});

test("every group of parameters says why it is there", () => {
  for (const group of renderMainCf(settings).split("\n\n")) {
    expect(group).toMatch(/^# [A-Z]/);
  }
});

test("no setting gives a line of its own, so that none can add a parameter", () => {
  const everything = {
    bounceAddress: "a@example.com",
    senders: ["example.com"],
    masquerade: { "@app01": "a@example.com" },
    hideClients: true,
    fallbacks: [second],
    routes: [{ ...plainRoute, endpoint: { ...plainRoute.endpoint, maxConnections: 5 } }],
  };
  const names = Object.keys(main(everything)).concat(Object.keys(main()));
  const limited = { maxConnections: 1 };
  const expected = new Set([
    ...names,
    ...Object.keys(main({ smartHost: { ...wrapper, ...limited } })),
    ...Object.keys(main({ smartHost: { ...settings.smartHost, ...limited } })),
  ]);
  fc.assert(
    fc.property(anyRelaySettings, (given) => {
      if (checkRelaySettings(given).length > 0) {
        return;
      }
      for (const name of Object.keys(parameters(renderMainCf(given)))) {
        expect(expected).toContain(name.replace(/^route-[a-z\d-]+_/, "route-news_"));
      }
    }),
  );
});
