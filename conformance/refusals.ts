import { createOnce } from "../providers/kit/adoption";
import { createKeyText, type Exchange } from "../sandbox/sendgrid";
import { type Definition, nameOf, openWorld, operationOn } from "./life-cycle";
import { exampleWithStandIns } from "./stand-ins";

/**
 * Has every resource refused in the ways that hold for all of them: by a key that nobody knows (401), by one that
 * may not (403), and by an id that does not exist (404, or a list without it).
 *
 * @returns what the account's API was asked and what it answered.
 * @throws when something is not refused.
 */
export async function recordRefusals(definitions: readonly Definition[]): Promise<Exchange[]> {
  const world = await openWorld();
  try {
    const keys = { unknown: createKeyText(), forbidden: world.createMailKey() };
    for (const definition of definitions) {
      const inputs = exampleWithStandIns(definition, 0);
      for (const [what, key] of Object.entries(keys)) {
        const operation = { ...operationOn(world.sessionWith(key)), inputs };
        const refused = await createOnce(definition, operation).then(
          () => false,
          () => true,
        );
        if (!refused) throw new Error(`${nameOf(definition)} was created with an API key that is ${what}`);
      }
      // A setting that exists once refuses another id by itself.
      const read = definition.read({
        id: "4711",
        inputs: undefined,
        state: {},
        ...operationOn(world.session),
      });
      await read.catch(() => undefined);
    }
    return world.exchanges();
  } finally {
    await world.close();
  }
}
