/** Something that is not as the provider's schema or SendGrid's specification says. */
export interface Violation {
  /** Property, operation or resource, from the outside in: `aws:ec2/instance:Instance inputs.ami`. */
  where: string;
  expected: string;
  got: string;
}
