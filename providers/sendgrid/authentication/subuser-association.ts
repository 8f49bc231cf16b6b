import * as z from "zod";
import { defineResource, type Example } from "../../kit";
import type { SendGridApi } from "../api/api";
import type { Asking } from "../api/collection";

/** A resource that lends something of the account to a subuser. */
export interface AssociationOptions {
  token: string;
  description: string;
  /** The input that names what is lent, e.g. `domainId`. */
  idInput: string;
  /** The resource that makes sure it is valid, e.g. `DomainValidation`. */
  validation: string;
  /** What SendGrid calls one of them, e.g. `authenticated domain`. */
  noun: string;
  /** Path of their collection, e.g. `/v3/whitelabel/domains`. */
  path: string;
  examples: readonly Example<Record<string, unknown>>[];
}

/** What a subuser has been given: nothing in the answer where there is nothing. */
const Lent = z.object({ id: z.number().transform(String).nullish() });

/** Defines such a resource. A subuser has one of a kind, so that its user name is the id. */
export function associationOf(options: AssociationOptions) {
  const { token, description, idInput, validation, noun, path, examples } = options;
  const inputs: z.ZodObject = z.object({
    [idInput]: z
      .string()
      .regex(/^\d+$/, `must be the number that SendGrid gave it: the output ${idInput} of a ${validation}`)
      .meta({
        description: `SendGrid's id of the ${noun}, which must be valid: take it from a \`${validation}\`.`,
        replace: true,
      }),
    username: z
      .string()
      .min(1)
      .meta({ description: "User name of the subuser. It can have one.", replace: true }),
  });
  const parse = (values: Record<string, unknown>) => ({
    id: z.string().parse(values[idInput]),
    username: z.string().parse(values.username),
  });
  const request = (username: string) => ({ path: `${path}/subuser`, query: { username } });
  const lentTo = async ({ session, signal }: Asking, username: string) => {
    const purpose = { task: `read the ${noun} of the subuser ${username}`, scope: "whitelabel.read" };
    const found = await session.find({
      method: "GET",
      ...request(username),
      answer: Lent,
      purpose,
      signal,
    });
    return found?.id ?? undefined;
  };
  return defineResource<SendGridApi>()({
    token,
    description,
    inputs,
    outputs: z.object({}),
    identity: {
      properties: ["username"],
      find: async (operation) => {
        const { username } = parse(operation.inputs);
        return (await lentTo(operation, username)) === undefined ? undefined : username;
      },
    },
    examples,
    create: async (operation) => {
      const { session, signal } = operation;
      const { id, username } = parse(operation.inputs);
      await session.request({
        method: "POST",
        path: `${path}/${id}/subuser`,
        body: { username },
        answer: z.unknown(),
        purpose: {
          task: `associate the ${noun} ${id} with the subuser ${username}`,
          scope: "whitelabel.update",
          forbidden: "Only the parent account can give something to a subuser: leave onBehalfOf out.",
        },
        signal,
      });
      return { id: username, outputs: {} };
    },
    read: async (operation) => {
      const lent = await lentTo(operation, operation.id);
      return lent === undefined
        ? undefined
        : { inputs: { [idInput]: lent, username: operation.id }, outputs: {} };
    },
    delete: async (operation) => {
      const { session, signal } = operation;
      const { id, username } = parse(operation.inputs);
      // The request names no domain: what somebody else has given to the subuser since then stays.
      if ((await lentTo(operation, username)) !== id) return;
      const purpose = {
        task: `take the ${noun} ${id} away from the subuser ${username}`,
        scope: "whitelabel.update",
      };
      await session.find({ method: "DELETE", ...request(username), answer: z.unknown(), purpose, signal });
    },
  });
}
