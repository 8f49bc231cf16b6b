export { SendGridAccount, type SendGridAccountOptions } from "./account";
export { type SendGridApi, type SendGridApiOptions, sendGridApp, startSendGridApi } from "./api";
export { createKeyText } from "./api-keys";
export type { AuthenticatedDomain, RequiredRecord } from "./domains";
export type { Exchange } from "./exchanges";
export type { Fault, Faults } from "./faults";
export type { AcceptedMessage } from "./intake";
export {
  type SendGridSmtp,
  type SendGridSmtpOptions,
  type SmtpPort,
  startSendGridSmtp,
} from "./smtp";
export { CREDITS_EXCEEDED, type SmtpFault } from "./smtp-faults";
