import fc from "fast-check";
import { expect, test } from "vitest";
import { renderMainCf } from "../../components/postfix-relay/main-cf";
import { masterServices } from "../../components/postfix-relay/master-cf";
import { checkRelaySettings, type RelaySettings } from "../../components/postfix-relay/settings";
import { anyRelaySettings } from "./any-relay-settings";
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

test("bare line feeds get no exemption for the relay's own clients", () => {
  expect(main()).toMatchObject({
    smtpd_forbid_bare_newline: "normalize",
    smtpd_forbid_bare_newline_exclusions: "",
  });
});

test("connection reuse comes with the service that it needs", () => {
  expect(main().smtp_tls_connection_reuse).toBe("yes");
  expect(masterServices(settings).map(({ key }) => key)).toEqual(["submission/inet", "tlsproxy/unix"]);
});

test("what the smart host limits is limited here", () => {
  const limited = main();
  expect(Number(limited.message_size_limit)).toBeLessThan(31_457_280);
  expect(Number(limited.message_size_limit)).toBeGreaterThan(31_400_000);
  expect(limited.smtp_connection_reuse_count_limit).toBe("5000");
});

test("what the smart host does not limit keeps Postfix's default", () => {
  const { maxMessageBytes: _bytes, maxMessagesPerConnection: _count, ...smartHost } = settings.smartHost;
  const unlimited = main({ smartHost });
  expect(unlimited).not.toHaveProperty("message_size_limit");
  expect(unlimited).not.toHaveProperty("smtp_connection_reuse_count_limit");
});

test("TLS from the first byte has a transport of its own, and the retry limit goes with it", () => {
  expect(main({ smartHost: wrapper })).toMatchObject({
    relayhost: "[smtp.sendgrid.net]:465, [smtp.sendgrid.net]:465",
    default_transport: "smarthost",
    smarthost_destination_concurrency_failed_cohort_limit: "10",
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

test("every group of parameters says why it is there", () => {
  for (const group of renderMainCf(settings).split("\n\n")) {
    expect(group).toMatch(/^# [A-Z]/);
  }
});

test("no setting gives a line of its own, so that none can add a parameter", () => {
  const names = Object.keys(main({ bounceAddress: "a@example.com" })).concat(Object.keys(main()));
  const expected = new Set([...names, ...Object.keys(main({ smartHost: wrapper }))]);
  fc.assert(
    fc.property(anyRelaySettings, (given) => {
      if (checkRelaySettings(given).length > 0) {
        return;
      }
      for (const name of Object.keys(parameters(renderMainCf(given)))) {
        expect(expected).toContain(name);
      }
    }),
  );
});
