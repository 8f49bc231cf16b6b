import type { OpenAccount } from "../sendgrid";

/** Calls functions of the provider by their names. */
export const invoker =
  (open: () => OpenAccount) =>
  async (name: string, inputs: Record<string, unknown> = {}) => {
    const { result, failures } = await open().client.invoke(`sendgrid:index:${name}`, inputs);
    return failures.length > 0 ? { failures } : result;
  };
