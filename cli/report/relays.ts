import type { Preview } from "../../mail-resources/preview";
import { accessAspect } from "./relay/access";
import { addressAspect } from "./relay/address";
import { fleetSizeAspect } from "./relay/fleet-size";
import { fateOf, lifeAspect } from "./relay/life";
import { type RelayParts, relayParts } from "./relay/parts";
import { passwordAspect } from "./relay/passwords";
import { queueAspect } from "./relay/queue";
import { type RelayAspect, type RelayReport, worstEffect } from "./relay/relay-report";
import { settingsAspect } from "./relay/settings";
import type { ReportFinding } from "./report";

export type { MailEffect, RelayFate, RelayReport } from "./relay/relay-report";

/**
 * What the update means for the mail of each relay: whether mail goes on, waits, stops or is at risk, and what is
 * another thing afterwards. Relays about whose mail nothing changes are left out.
 *
 * A relay is a component `PostfixRelay` or `PostfixRelayFleet`, or any server whose user data makes it this project's
 * relay. What the preview cannot know is said to be unknown.
 */
export function relayReports(preview: Preview): { relays: RelayReport[]; findings: ReportFinding[] } {
  const all = relayParts(preview).flatMap(reportOf);
  return { relays: all.map(({ relay }) => relay), findings: all.flatMap(({ findings }) => findings) };
}

function reportOf(parts: RelayParts): { relay: RelayReport; findings: ReportFinding[] }[] {
  const fate = fateOf(parts);
  const aspects: RelayAspect[] = [
    lifeAspect(parts),
    queueAspect(parts, fate),
    settingsAspect(parts, fate),
    passwordAspect(parts),
    fleetSizeAspect(parts, fate),
    addressAspect(parts, fate),
    accessAspect(parts),
  ];
  const meaning = aspects.flatMap((aspect) => aspect.meaning ?? []);
  const details = aspects.flatMap((aspect) => aspect.details ?? []);
  const findings = aspects.flatMap((aspect) => aspect.findings ?? []);
  if (meaning.length + details.length + findings.length === 0) {
    return [];
  }
  const mail = worstEffect(aspects.map((aspect) => aspect.mail));
  const { urn, name, form, before, after } = parts;
  return [
    {
      relay: {
        ...{ urn, name, form, fate, mail, details },
        hostName: (after ?? before)?.hostName,
        meaning: (meaning.length === 0 ? ["Mail goes on throughout."] : meaning).join(" "),
      },
      findings,
    },
  ];
}
