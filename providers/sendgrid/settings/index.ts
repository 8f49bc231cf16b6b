import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { AddressWhitelistSetting } from "./address-whitelist-setting";
import { BouncePurgeSetting } from "./bounce-purge-setting";
import { ClickTracking } from "./click-tracking";
import { EnforcedTls } from "./enforced-tls";
import { FooterSetting } from "./footer-setting";
import { ForwardBounceSetting } from "./forward-bounce-setting";
import { ForwardSpamSetting } from "./forward-spam-setting";
import { GoogleAnalyticsTracking } from "./google-analytics-tracking";
import { OpenTracking } from "./open-tracking";
import { SubscriptionTracking } from "./subscription-tracking";
import { TemplateSetting } from "./template-setting";

export const resources: readonly AnyResource<SendGridApi>[] = [
  ClickTracking,
  OpenTracking,
  SubscriptionTracking,
  GoogleAnalyticsTracking,
  FooterSetting,
  ForwardBounceSetting,
  ForwardSpamSetting,
  AddressWhitelistSetting,
  TemplateSetting,
  BouncePurgeSetting,
  EnforcedTls,
];

export const functions: readonly AnyFunction<SendGridApi>[] = [];
