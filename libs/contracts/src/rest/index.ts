export * from './agency-operations';
export * from './agent-operations';
export * from './operation';
export * from './operator-operations';
export * from './problem';
export {
  agencySchema,
  type ChatBody,
  claimRowSchema,
  type MessageBody,
  subaccountDetailSchema,
  subaccountSchema,
  type SubaccountBody,
} from './shapes';
