import { propertyValue } from "../resource";
import { type HostReader, orUnknown } from "./host-reader";

/** A record of `manual()`, which a person publishes: the name of its host is not known. */
export const manualRecord: HostReader = (resource) => {
  if (resource.type !== "smarthost:index:ManualRecord") {
    return undefined;
  }
  const of = (property: string) => propertyValue(resource, property);
  return {
    host: "by hand",
    zone: null,
    name: of("name"),
    fullName: of("name"),
    type: of("type"),
    values: [orUnknown(of("value"))],
    priority: of("priority"),
  };
};
