/** The first smart host's name; its parameter is {@link PARAMETER}. */
export const SMART_HOST = "smtp.sendgrid.net";
/** The SSM parameter with the first smart host's password. */
export const PARAMETER = "/smarthost/mail/password";
/** The password at first, for every smart host unless told otherwise. */
export const PASSWORD = "SG.first-password.in-the-network";
/** Who is told about mail that could not be delivered. */
export const OPERATOR = "postmaster@example.com";
/** What a relay may be handed mail from: the application's range, and {@link CROWD}'s. */
export const CLIENTS = ["10.77.0.0/26", "10.77.0.128/28"];
/** Further addresses of clients. */
export const CROWD = Array.from({ length: 10 }, (_, index) => `10.77.0.${129 + index}`);
