import { expect, test } from "vitest";
import { parse } from "yaml";
import { renderRelay } from "../../components/postfix-relay/render-relay";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { renderUserData } from "../../components/postfix-relay/user-data";
import { settings } from "./relay-settings";

/** A server of any cloud: nothing of AWS. */
const anywhere: RelaySettings = { ...settings, credential: { source: "file" }, queue: "root disk" };
const paths = (given: RelaySettings) => renderRelay(given).files.map(({ path }) => path);

test("all parts come from one call, and main.cf is one of the files", () => {
  const { mainCf, masterCf, files, userData } = renderRelay(settings);
  expect(files.find(({ path }) => path === "/etc/postfix/main.cf")?.content).toBe(mainCf);
  expect(masterCf.map(({ key }) => key)).toContain("submission/inet");
  expect(userData).toBe(renderUserData(settings));
  expect(parse(userData).write_files).toHaveLength(files.length);
});

test("settings with faults are refused with all of them", () => {
  const broken: RelaySettings = { ...settings, hostName: "relay", clients: [] };
  expect(() => renderRelay(broken)).toThrow(/2 faults[\s\S]*hostName: "relay" [\s\S]*clients: is empty/);
});

test("without AWS nothing speaks to AWS, looks for an EBS volume or waits for one", () => {
  const { userData } = renderRelay(anywhere);
  expect(userData).not.toMatch(/amazon|169\.254|smarthost-queue/i);
  expect(paths(anywhere)).not.toContain("/etc/systemd/system/postfix.service.d/queue.conf");
});

test("on a root disk queue files have the same ids, and notices are cleared too", () => {
  expect(paths(anywhere)).toEqual(
    expect.arrayContaining(["/etc/sysusers.d/smarthost.conf", "/etc/tmpfiles.d/smarthost.conf"]),
  );
  const setup = renderRelay(anywhere).files.find(({ path }) => path.endsWith("/smarthost-setup"))?.content;
  expect(setup).toContain("install -d -m 700 -o postfix -g postfix /var/spool/postfix/notices");
});

test("on AWS Postfix waits for the volume", () => {
  expect(paths(settings)).toContain("/etc/systemd/system/postfix.service.d/queue.conf");
  const setup = renderRelay(settings).files.find(({ path }) => path.endsWith("/smarthost-setup"))?.content;
  expect(setup).toContain("systemctl start smarthost-queue.service");
});
