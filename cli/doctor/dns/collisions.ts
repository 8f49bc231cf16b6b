import { plainText } from "../../plain-text";
import { count } from "../../quantities";
import { type Check, type Finding, resultOf, skipped } from "../check";
import type { DoctorWorld } from "../doctor-world";
import type { Subject, SubjectRecord } from "../subject";
import { collisionFindings } from "./collision-findings";
import { existingRecords } from "./existing-records";

/** What is there already that the next update would collide with, with the settings that adopt it. */
export const collisions: Check = {
  name: "collisions",
  title: "Collisions",
  async run(subject, world) {
    const planned = subject.domains.flatMap(({ records }) => records).filter((record) => record.planned);
    const { refusals } = subject;
    if (planned.length === 0 && refusals.length === 0) {
      return skipped(
        subject.source === "deployed"
          ? "everything that the stack declares is published"
          : "the preview publishes no record",
      );
    }
    const looked = await Promise.all(
      planned.filter((record) => !isRefused(record, subject)).map((record) => look(record, world)),
    );
    return resultOf(
      [...refusals, ...looked.flat()],
      // A refused preview ends somewhere, and what it would have come to is not known.
      refusals.length > 0 ? "the preview is refused" : `${count(planned.length, "record")} to be made`,
    );
  },
};

/** Whether the preview has said the same: its refusals name the record's name in quotes. */
function isRefused({ name }: SubjectRecord, { refusals }: Subject): boolean {
  return refusals.some(({ message }) => message.startsWith(JSON.stringify(name)));
}

async function look(record: SubjectRecord, world: DoctorWorld): Promise<Finding[]> {
  try {
    return collisionFindings(record, await existingRecords(record, world.resolvers[0].resolver));
  } catch (error) {
    return [
      {
        severity: "warning",
        path: `${record.type} ${record.name}`,
        message: `whether DNS has it already is not known: ${plainText(error instanceof Error ? error.message : String(error))}`,
        next: "Run the doctor again where DNS answers.",
      },
    ];
  }
}
