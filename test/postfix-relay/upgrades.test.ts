import { expect, test } from "vitest";
import { renderRelay } from "../../components/postfix-relay/render-relay";
import { checkRelaySettings, type RelaySettings } from "../../components/postfix-relay/settings";
import { settings } from "./relay-settings";

const PATH = "/etc/apt/apt.conf.d/50unattended-upgrades";
const configuration = (given: RelaySettings) =>
  renderRelay(given).files.find(({ path }) => path === PATH)?.content;

test("security upgrades are on by default, from the security archive alone, with a restart at 03:30", () => {
  const text = configuration(settings) ?? "";
  expect(text.match(/origin=[^"]*/g)).toEqual([
    "origin=Debian,codename=$" + "{distro_codename}-security,label=Debian-Security",
  ]);
  expect(text).toContain('Automatic-Reboot "true";');
  expect(text).toContain('Automatic-Reboot-Time "03:30";');
  expect(text).toContain("touch /run/reboot-required");
  expect(renderRelay(settings).userData).toMatch(/^ *packages='.* unattended-upgrades/m);
});

test("the time of the restart can be chosen", () => {
  expect(configuration({ ...settings, upgrades: { rebootAt: "22:05" } })).toContain('Reboot-Time "22:05"');
  expect(configuration({ ...settings, upgrades: {} })).toContain('Reboot-Time "03:30"');
});

test("without a restart the same upgrades are installed, and nothing asks for one", () => {
  const staying: RelaySettings = { ...settings, upgrades: { rebootAt: false } };
  expect(checkRelaySettings(staying)).toEqual([]);
  const lines = (given: RelaySettings) => (configuration(given) ?? "").split("\n").slice(1);
  expect(lines(staying)).toContain(' Automatic-Reboot "false";');
  expect(lines(staying).join("\n")).not.toMatch(/Reboot-Time|Post-Invoke|reboot-required/);
  const ofTheRestart = (line: string) => /Automatic-Reboot|Post-Invoke/.test(line);
  const others = lines(settings).filter((line) => !ofTheRestart(line));
  expect(lines(staying).filter((line) => !ofTheRestart(line))).toEqual(others);
  expect(renderRelay(staying).userData).toMatch(/^ *packages='.* unattended-upgrades/m);
});

test("turned off, the image's own way stays as it is", () => {
  const off: RelaySettings = { ...settings, upgrades: false };
  expect(checkRelaySettings(off)).toEqual([]);
  expect(renderRelay(off).userData).not.toContain("unattended-upgrades");
});

test.each(["24:00", "3:30", "03:60", "now", '03:30"; DPkg::Post-Invoke { "reboot"; }; "', "03:30\n"])(
  "%j is no time of day",
  (rebootAt) => {
    expect(checkRelaySettings({ ...settings, upgrades: { rebootAt } })).toMatchObject([
      { path: "upgrades.rebootAt", value: rebootAt, reason: "is not a time of day from 00:00 to 23:59" },
    ]);
  },
);
