import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { ContactList } from "./contact-list";
import { CustomField } from "./custom-field";
import { GlobalSuppression } from "./global-suppression";
import { MarketingSender } from "./marketing-sender";
import { Segment } from "./segment";
import { SingleSend } from "./single-send";
import { Template } from "./template";
import { TemplateVersion } from "./template-version";
import { UnsubscribeGroup } from "./unsubscribe-group";

export const resources: readonly AnyResource<SendGridApi>[] = [
  Template,
  TemplateVersion,
  SingleSend,
  UnsubscribeGroup,
  GlobalSuppression,
  ContactList,
  CustomField,
  Segment,
  MarketingSender,
];

export const functions: readonly AnyFunction<SendGridApi>[] = [];
