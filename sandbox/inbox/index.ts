export { type Inbox, type InboxOptions, type ReceivedMessage, startInbox } from "./inbox";
