// `@pulumi/sendgrid` travels inside this package, where a consumer cannot import it by its own name.
export * from "@pulumi/sendgrid";
