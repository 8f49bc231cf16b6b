import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { SingleSend } from "./single-send";
import { Template } from "./template";
import { TemplateVersion } from "./template-version";
import { UnsubscribeGroup } from "./unsubscribe-group";

export const resources: readonly AnyResource<SendGridApi>[] = [
  Template,
  TemplateVersion,
  SingleSend,
  UnsubscribeGroup,
];

export const functions: readonly AnyFunction<SendGridApi>[] = [];
