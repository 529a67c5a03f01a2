// Made by `deno task proto` from the .proto files: change those.
import * as authpb from "./authpb.ts";
import * as membershippb from "./membershippb.ts";
import * as mvccpb from "./mvccpb.ts";
import { readInt64, readInt64Clamped, readInt64Number, readUint64, readUint64Number, writeInt64, writeInt64Number, writeUint64, writeUint64Number } from "../int64.ts";
import { type WireReader, noBytes } from "../reader.ts";
import { type Init, type MessageType, deeper, messageType } from "../wire.ts";
import { type WireWriter } from "../writer.ts";

export const SortOrder = {
  /** As stored: by key, ascending. */
  NONE: 0,
  ASCEND: 1,
  DESCEND: 2,
} as const;

export const SortTarget = {
  KEY: 0,
  VERSION: 1,
  CREATE: 2,
  MOD: 3,
  VALUE: 4,
} as const;

export const CompareResult = {
  EQUAL: 0,
  GREATER: 1,
  LESS: 2,
  NOT_EQUAL: 3,
} as const;

export const CompareTarget = {
  VERSION: 0,
  CREATE: 1,
  MOD: 2,
  VALUE: 3,
  LEASE: 4,
} as const;

export const AlarmType = {
  NONE: 0,
  NOSPACE: 1,
  CORRUPT: 2,
} as const;

export const AlarmAction = {
  GET: 0,
  ACTIVATE: 1,
  DEACTIVATE: 2,
} as const;

export const DowngradeAction = {
  VALIDATE: 0,
  ENABLE: 1,
  CANCEL: 2,
} as const;

export const FilterType = {
  NOPUT: 0,
  NODELETE: 1,
} as const;

export interface AuthEnableRequest {
}

export const AuthEnableRequest: MessageType<AuthEnableRequest> = messageType("etcdserverpb.AuthEnableRequest", { read: readAuthEnableRequest, write: writeAuthEnableRequest });

function emptyAuthEnableRequest(): AuthEnableRequest {
  return {  };
}

function readAuthEnableRequest(reader: WireReader, into?: AuthEnableRequest): AuthEnableRequest {
  const message = into ?? emptyAuthEnableRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    reader.skip(tag);
  }
  return message;
}

function writeAuthEnableRequest(_writer: WireWriter, _message: Init<AuthEnableRequest>): void {}

export interface AuthEnableResponse {
  header: ResponseHeader | undefined;
}

export const AuthEnableResponse: MessageType<AuthEnableResponse> = messageType("etcdserverpb.AuthEnableResponse", { read: readAuthEnableResponse, write: writeAuthEnableResponse });

function emptyAuthEnableResponse(): AuthEnableResponse {
  return { header: undefined };
}

function readAuthEnableResponse(reader: WireReader, into?: AuthEnableResponse): AuthEnableResponse {
  const message = into ?? emptyAuthEnableResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthEnableResponse(writer: WireWriter, message: Init<AuthEnableResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface AuthDisableRequest {
}

export const AuthDisableRequest: MessageType<AuthDisableRequest> = messageType("etcdserverpb.AuthDisableRequest", { read: readAuthDisableRequest, write: writeAuthDisableRequest });

function emptyAuthDisableRequest(): AuthDisableRequest {
  return {  };
}

function readAuthDisableRequest(reader: WireReader, into?: AuthDisableRequest): AuthDisableRequest {
  const message = into ?? emptyAuthDisableRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    reader.skip(tag);
  }
  return message;
}

function writeAuthDisableRequest(_writer: WireWriter, _message: Init<AuthDisableRequest>): void {}

export interface AuthDisableResponse {
  header: ResponseHeader | undefined;
}

export const AuthDisableResponse: MessageType<AuthDisableResponse> = messageType("etcdserverpb.AuthDisableResponse", { read: readAuthDisableResponse, write: writeAuthDisableResponse });

function emptyAuthDisableResponse(): AuthDisableResponse {
  return { header: undefined };
}

function readAuthDisableResponse(reader: WireReader, into?: AuthDisableResponse): AuthDisableResponse {
  const message = into ?? emptyAuthDisableResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthDisableResponse(writer: WireWriter, message: Init<AuthDisableResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface AuthStatusRequest {
}

export const AuthStatusRequest: MessageType<AuthStatusRequest> = messageType("etcdserverpb.AuthStatusRequest", { read: readAuthStatusRequest, write: writeAuthStatusRequest });

function emptyAuthStatusRequest(): AuthStatusRequest {
  return {  };
}

function readAuthStatusRequest(reader: WireReader, into?: AuthStatusRequest): AuthStatusRequest {
  const message = into ?? emptyAuthStatusRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    reader.skip(tag);
  }
  return message;
}

function writeAuthStatusRequest(_writer: WireWriter, _message: Init<AuthStatusRequest>): void {}

export interface AuthStatusResponse {
  header: ResponseHeader | undefined;
  enabled: boolean;
  /** Counts the changes of users and roles. */
  authRevision: number;
}

export const AuthStatusResponse: MessageType<AuthStatusResponse> = messageType("etcdserverpb.AuthStatusResponse", { read: readAuthStatusResponse, write: writeAuthStatusResponse });

function emptyAuthStatusResponse(): AuthStatusResponse {
  return { header: undefined, enabled: false, authRevision: 0 };
}

function readAuthStatusResponse(reader: WireReader, into?: AuthStatusResponse): AuthStatusResponse {
  const message = into ?? emptyAuthStatusResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 16: message.enabled = reader.bool(); break;
      case 24: message.authRevision = readUint64Number(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthStatusResponse(writer: WireWriter, message: Init<AuthStatusResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.enabled) { writer.uint32(16).bool(message.enabled); }
  if (message.authRevision) { writeUint64Number(writer.uint32(24), message.authRevision); }
}

export interface AuthenticateRequest {
  name: string;
  password: string;
}

export const AuthenticateRequest: MessageType<AuthenticateRequest> = messageType("etcdserverpb.AuthenticateRequest", { read: readAuthenticateRequest, write: writeAuthenticateRequest });

function emptyAuthenticateRequest(): AuthenticateRequest {
  return { name: "", password: "" };
}

function readAuthenticateRequest(reader: WireReader, into?: AuthenticateRequest): AuthenticateRequest {
  const message = into ?? emptyAuthenticateRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.string(); break;
      case 18: message.password = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthenticateRequest(writer: WireWriter, message: Init<AuthenticateRequest>): void {
  if (message.name) { writer.uint32(10).string(message.name); }
  if (message.password) { writer.uint32(18).string(message.password); }
}

export interface AuthenticateResponse {
  header: ResponseHeader | undefined;
  /** What later requests carry in their metadata. */
  token: string;
}

export const AuthenticateResponse: MessageType<AuthenticateResponse> = messageType("etcdserverpb.AuthenticateResponse", { read: readAuthenticateResponse, write: writeAuthenticateResponse });

function emptyAuthenticateResponse(): AuthenticateResponse {
  return { header: undefined, token: "" };
}

function readAuthenticateResponse(reader: WireReader, into?: AuthenticateResponse): AuthenticateResponse {
  const message = into ?? emptyAuthenticateResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: message.token = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthenticateResponse(writer: WireWriter, message: Init<AuthenticateResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.token) { writer.uint32(18).string(message.token); }
}

export interface AuthUserAddRequest {
  name: string;
  password: string;
  options: authpb.UserAddOptions | undefined;
  /** The bcrypt hash, made by a member before the request enters the log; clients send a password. */
  hashedPassword: string;
}

export const AuthUserAddRequest: MessageType<AuthUserAddRequest> = messageType("etcdserverpb.AuthUserAddRequest", { read: readAuthUserAddRequest, write: writeAuthUserAddRequest });

function emptyAuthUserAddRequest(): AuthUserAddRequest {
  return { name: "", password: "", options: undefined, hashedPassword: "" };
}

function readAuthUserAddRequest(reader: WireReader, into?: AuthUserAddRequest): AuthUserAddRequest {
  const message = into ?? emptyAuthUserAddRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.string(); break;
      case 18: message.password = reader.string(); break;
      case 26: { const outer = reader.enter(); message.options = authpb.UserAddOptions.read(reader, message.options); reader.leave(outer); break; }
      case 34: message.hashedPassword = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserAddRequest(writer: WireWriter, message: Init<AuthUserAddRequest>): void {
  if (message.name) { writer.uint32(10).string(message.name); }
  if (message.password) { writer.uint32(18).string(message.password); }
  if (message.options !== undefined) { const start = writer.uint32(26).enter(); authpb.UserAddOptions.write(writer, message.options); writer.leave(start); }
  if (message.hashedPassword) { writer.uint32(34).string(message.hashedPassword); }
}

export interface AuthUserAddResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserAddResponse: MessageType<AuthUserAddResponse> = messageType("etcdserverpb.AuthUserAddResponse", { read: readAuthUserAddResponse, write: writeAuthUserAddResponse });

function emptyAuthUserAddResponse(): AuthUserAddResponse {
  return { header: undefined };
}

function readAuthUserAddResponse(reader: WireReader, into?: AuthUserAddResponse): AuthUserAddResponse {
  const message = into ?? emptyAuthUserAddResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserAddResponse(writer: WireWriter, message: Init<AuthUserAddResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface AuthUserGetRequest {
  name: string;
}

export const AuthUserGetRequest: MessageType<AuthUserGetRequest> = messageType("etcdserverpb.AuthUserGetRequest", { read: readAuthUserGetRequest, write: writeAuthUserGetRequest });

function emptyAuthUserGetRequest(): AuthUserGetRequest {
  return { name: "" };
}

function readAuthUserGetRequest(reader: WireReader, into?: AuthUserGetRequest): AuthUserGetRequest {
  const message = into ?? emptyAuthUserGetRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserGetRequest(writer: WireWriter, message: Init<AuthUserGetRequest>): void {
  if (message.name) { writer.uint32(10).string(message.name); }
}

export interface AuthUserGetResponse {
  header: ResponseHeader | undefined;
  roles: string[];
}

export const AuthUserGetResponse: MessageType<AuthUserGetResponse> = messageType("etcdserverpb.AuthUserGetResponse", { read: readAuthUserGetResponse, write: writeAuthUserGetResponse });

function emptyAuthUserGetResponse(): AuthUserGetResponse {
  return { header: undefined, roles: [] };
}

function readAuthUserGetResponse(reader: WireReader, into?: AuthUserGetResponse): AuthUserGetResponse {
  const message = into ?? emptyAuthUserGetResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: message.roles.push(reader.string()); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserGetResponse(writer: WireWriter, message: Init<AuthUserGetResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.roles) for (const value of message.roles) { writer.uint32(18).string(value); }
}

export interface AuthUserListRequest {
}

export const AuthUserListRequest: MessageType<AuthUserListRequest> = messageType("etcdserverpb.AuthUserListRequest", { read: readAuthUserListRequest, write: writeAuthUserListRequest });

function emptyAuthUserListRequest(): AuthUserListRequest {
  return {  };
}

function readAuthUserListRequest(reader: WireReader, into?: AuthUserListRequest): AuthUserListRequest {
  const message = into ?? emptyAuthUserListRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    reader.skip(tag);
  }
  return message;
}

function writeAuthUserListRequest(_writer: WireWriter, _message: Init<AuthUserListRequest>): void {}

export interface AuthUserListResponse {
  header: ResponseHeader | undefined;
  users: string[];
}

export const AuthUserListResponse: MessageType<AuthUserListResponse> = messageType("etcdserverpb.AuthUserListResponse", { read: readAuthUserListResponse, write: writeAuthUserListResponse });

function emptyAuthUserListResponse(): AuthUserListResponse {
  return { header: undefined, users: [] };
}

function readAuthUserListResponse(reader: WireReader, into?: AuthUserListResponse): AuthUserListResponse {
  const message = into ?? emptyAuthUserListResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: message.users.push(reader.string()); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserListResponse(writer: WireWriter, message: Init<AuthUserListResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.users) for (const value of message.users) { writer.uint32(18).string(value); }
}

export interface AuthUserDeleteRequest {
  name: string;
}

export const AuthUserDeleteRequest: MessageType<AuthUserDeleteRequest> = messageType("etcdserverpb.AuthUserDeleteRequest", { read: readAuthUserDeleteRequest, write: writeAuthUserDeleteRequest });

function emptyAuthUserDeleteRequest(): AuthUserDeleteRequest {
  return { name: "" };
}

function readAuthUserDeleteRequest(reader: WireReader, into?: AuthUserDeleteRequest): AuthUserDeleteRequest {
  const message = into ?? emptyAuthUserDeleteRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserDeleteRequest(writer: WireWriter, message: Init<AuthUserDeleteRequest>): void {
  if (message.name) { writer.uint32(10).string(message.name); }
}

export interface AuthUserDeleteResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserDeleteResponse: MessageType<AuthUserDeleteResponse> = messageType("etcdserverpb.AuthUserDeleteResponse", { read: readAuthUserDeleteResponse, write: writeAuthUserDeleteResponse });

function emptyAuthUserDeleteResponse(): AuthUserDeleteResponse {
  return { header: undefined };
}

function readAuthUserDeleteResponse(reader: WireReader, into?: AuthUserDeleteResponse): AuthUserDeleteResponse {
  const message = into ?? emptyAuthUserDeleteResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserDeleteResponse(writer: WireWriter, message: Init<AuthUserDeleteResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface AuthUserChangePasswordRequest {
  name: string;
  password: string;
  /** As in AuthUserAddRequest. */
  hashedPassword: string;
}

export const AuthUserChangePasswordRequest: MessageType<AuthUserChangePasswordRequest> = messageType("etcdserverpb.AuthUserChangePasswordRequest", { read: readAuthUserChangePasswordRequest, write: writeAuthUserChangePasswordRequest });

function emptyAuthUserChangePasswordRequest(): AuthUserChangePasswordRequest {
  return { name: "", password: "", hashedPassword: "" };
}

function readAuthUserChangePasswordRequest(reader: WireReader, into?: AuthUserChangePasswordRequest): AuthUserChangePasswordRequest {
  const message = into ?? emptyAuthUserChangePasswordRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.string(); break;
      case 18: message.password = reader.string(); break;
      case 26: message.hashedPassword = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserChangePasswordRequest(writer: WireWriter, message: Init<AuthUserChangePasswordRequest>): void {
  if (message.name) { writer.uint32(10).string(message.name); }
  if (message.password) { writer.uint32(18).string(message.password); }
  if (message.hashedPassword) { writer.uint32(26).string(message.hashedPassword); }
}

export interface AuthUserChangePasswordResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserChangePasswordResponse: MessageType<AuthUserChangePasswordResponse> = messageType("etcdserverpb.AuthUserChangePasswordResponse", { read: readAuthUserChangePasswordResponse, write: writeAuthUserChangePasswordResponse });

function emptyAuthUserChangePasswordResponse(): AuthUserChangePasswordResponse {
  return { header: undefined };
}

function readAuthUserChangePasswordResponse(reader: WireReader, into?: AuthUserChangePasswordResponse): AuthUserChangePasswordResponse {
  const message = into ?? emptyAuthUserChangePasswordResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserChangePasswordResponse(writer: WireWriter, message: Init<AuthUserChangePasswordResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface AuthUserGrantRoleRequest {
  user: string;
  role: string;
}

export const AuthUserGrantRoleRequest: MessageType<AuthUserGrantRoleRequest> = messageType("etcdserverpb.AuthUserGrantRoleRequest", { read: readAuthUserGrantRoleRequest, write: writeAuthUserGrantRoleRequest });

function emptyAuthUserGrantRoleRequest(): AuthUserGrantRoleRequest {
  return { user: "", role: "" };
}

function readAuthUserGrantRoleRequest(reader: WireReader, into?: AuthUserGrantRoleRequest): AuthUserGrantRoleRequest {
  const message = into ?? emptyAuthUserGrantRoleRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.user = reader.string(); break;
      case 18: message.role = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserGrantRoleRequest(writer: WireWriter, message: Init<AuthUserGrantRoleRequest>): void {
  if (message.user) { writer.uint32(10).string(message.user); }
  if (message.role) { writer.uint32(18).string(message.role); }
}

export interface AuthUserGrantRoleResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserGrantRoleResponse: MessageType<AuthUserGrantRoleResponse> = messageType("etcdserverpb.AuthUserGrantRoleResponse", { read: readAuthUserGrantRoleResponse, write: writeAuthUserGrantRoleResponse });

function emptyAuthUserGrantRoleResponse(): AuthUserGrantRoleResponse {
  return { header: undefined };
}

function readAuthUserGrantRoleResponse(reader: WireReader, into?: AuthUserGrantRoleResponse): AuthUserGrantRoleResponse {
  const message = into ?? emptyAuthUserGrantRoleResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserGrantRoleResponse(writer: WireWriter, message: Init<AuthUserGrantRoleResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface AuthUserRevokeRoleRequest {
  name: string;
  role: string;
}

export const AuthUserRevokeRoleRequest: MessageType<AuthUserRevokeRoleRequest> = messageType("etcdserverpb.AuthUserRevokeRoleRequest", { read: readAuthUserRevokeRoleRequest, write: writeAuthUserRevokeRoleRequest });

function emptyAuthUserRevokeRoleRequest(): AuthUserRevokeRoleRequest {
  return { name: "", role: "" };
}

function readAuthUserRevokeRoleRequest(reader: WireReader, into?: AuthUserRevokeRoleRequest): AuthUserRevokeRoleRequest {
  const message = into ?? emptyAuthUserRevokeRoleRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.string(); break;
      case 18: message.role = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserRevokeRoleRequest(writer: WireWriter, message: Init<AuthUserRevokeRoleRequest>): void {
  if (message.name) { writer.uint32(10).string(message.name); }
  if (message.role) { writer.uint32(18).string(message.role); }
}

export interface AuthUserRevokeRoleResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserRevokeRoleResponse: MessageType<AuthUserRevokeRoleResponse> = messageType("etcdserverpb.AuthUserRevokeRoleResponse", { read: readAuthUserRevokeRoleResponse, write: writeAuthUserRevokeRoleResponse });

function emptyAuthUserRevokeRoleResponse(): AuthUserRevokeRoleResponse {
  return { header: undefined };
}

function readAuthUserRevokeRoleResponse(reader: WireReader, into?: AuthUserRevokeRoleResponse): AuthUserRevokeRoleResponse {
  const message = into ?? emptyAuthUserRevokeRoleResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthUserRevokeRoleResponse(writer: WireWriter, message: Init<AuthUserRevokeRoleResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface AuthRoleAddRequest {
  name: string;
}

export const AuthRoleAddRequest: MessageType<AuthRoleAddRequest> = messageType("etcdserverpb.AuthRoleAddRequest", { read: readAuthRoleAddRequest, write: writeAuthRoleAddRequest });

function emptyAuthRoleAddRequest(): AuthRoleAddRequest {
  return { name: "" };
}

function readAuthRoleAddRequest(reader: WireReader, into?: AuthRoleAddRequest): AuthRoleAddRequest {
  const message = into ?? emptyAuthRoleAddRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthRoleAddRequest(writer: WireWriter, message: Init<AuthRoleAddRequest>): void {
  if (message.name) { writer.uint32(10).string(message.name); }
}

export interface AuthRoleAddResponse {
  header: ResponseHeader | undefined;
}

export const AuthRoleAddResponse: MessageType<AuthRoleAddResponse> = messageType("etcdserverpb.AuthRoleAddResponse", { read: readAuthRoleAddResponse, write: writeAuthRoleAddResponse });

function emptyAuthRoleAddResponse(): AuthRoleAddResponse {
  return { header: undefined };
}

function readAuthRoleAddResponse(reader: WireReader, into?: AuthRoleAddResponse): AuthRoleAddResponse {
  const message = into ?? emptyAuthRoleAddResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthRoleAddResponse(writer: WireWriter, message: Init<AuthRoleAddResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface AuthRoleGetRequest {
  role: string;
}

export const AuthRoleGetRequest: MessageType<AuthRoleGetRequest> = messageType("etcdserverpb.AuthRoleGetRequest", { read: readAuthRoleGetRequest, write: writeAuthRoleGetRequest });

function emptyAuthRoleGetRequest(): AuthRoleGetRequest {
  return { role: "" };
}

function readAuthRoleGetRequest(reader: WireReader, into?: AuthRoleGetRequest): AuthRoleGetRequest {
  const message = into ?? emptyAuthRoleGetRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.role = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthRoleGetRequest(writer: WireWriter, message: Init<AuthRoleGetRequest>): void {
  if (message.role) { writer.uint32(10).string(message.role); }
}

export interface AuthRoleGetResponse {
  header: ResponseHeader | undefined;
  perm: authpb.Permission[];
}

export const AuthRoleGetResponse: MessageType<AuthRoleGetResponse> = messageType("etcdserverpb.AuthRoleGetResponse", { read: readAuthRoleGetResponse, write: writeAuthRoleGetResponse });

function emptyAuthRoleGetResponse(): AuthRoleGetResponse {
  return { header: undefined, perm: [] };
}

function readAuthRoleGetResponse(reader: WireReader, into?: AuthRoleGetResponse): AuthRoleGetResponse {
  const message = into ?? emptyAuthRoleGetResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.perm.push(authpb.Permission.read(reader, undefined)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthRoleGetResponse(writer: WireWriter, message: Init<AuthRoleGetResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.perm) for (const value of message.perm) { const start = writer.uint32(18).enter(); authpb.Permission.write(writer, value); writer.leave(start); }
}

export interface AuthRoleListRequest {
}

export const AuthRoleListRequest: MessageType<AuthRoleListRequest> = messageType("etcdserverpb.AuthRoleListRequest", { read: readAuthRoleListRequest, write: writeAuthRoleListRequest });

function emptyAuthRoleListRequest(): AuthRoleListRequest {
  return {  };
}

function readAuthRoleListRequest(reader: WireReader, into?: AuthRoleListRequest): AuthRoleListRequest {
  const message = into ?? emptyAuthRoleListRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    reader.skip(tag);
  }
  return message;
}

function writeAuthRoleListRequest(_writer: WireWriter, _message: Init<AuthRoleListRequest>): void {}

export interface AuthRoleListResponse {
  header: ResponseHeader | undefined;
  roles: string[];
}

export const AuthRoleListResponse: MessageType<AuthRoleListResponse> = messageType("etcdserverpb.AuthRoleListResponse", { read: readAuthRoleListResponse, write: writeAuthRoleListResponse });

function emptyAuthRoleListResponse(): AuthRoleListResponse {
  return { header: undefined, roles: [] };
}

function readAuthRoleListResponse(reader: WireReader, into?: AuthRoleListResponse): AuthRoleListResponse {
  const message = into ?? emptyAuthRoleListResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: message.roles.push(reader.string()); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthRoleListResponse(writer: WireWriter, message: Init<AuthRoleListResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.roles) for (const value of message.roles) { writer.uint32(18).string(value); }
}

export interface AuthRoleDeleteRequest {
  role: string;
}

export const AuthRoleDeleteRequest: MessageType<AuthRoleDeleteRequest> = messageType("etcdserverpb.AuthRoleDeleteRequest", { read: readAuthRoleDeleteRequest, write: writeAuthRoleDeleteRequest });

function emptyAuthRoleDeleteRequest(): AuthRoleDeleteRequest {
  return { role: "" };
}

function readAuthRoleDeleteRequest(reader: WireReader, into?: AuthRoleDeleteRequest): AuthRoleDeleteRequest {
  const message = into ?? emptyAuthRoleDeleteRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.role = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthRoleDeleteRequest(writer: WireWriter, message: Init<AuthRoleDeleteRequest>): void {
  if (message.role) { writer.uint32(10).string(message.role); }
}

export interface AuthRoleDeleteResponse {
  header: ResponseHeader | undefined;
}

export const AuthRoleDeleteResponse: MessageType<AuthRoleDeleteResponse> = messageType("etcdserverpb.AuthRoleDeleteResponse", { read: readAuthRoleDeleteResponse, write: writeAuthRoleDeleteResponse });

function emptyAuthRoleDeleteResponse(): AuthRoleDeleteResponse {
  return { header: undefined };
}

function readAuthRoleDeleteResponse(reader: WireReader, into?: AuthRoleDeleteResponse): AuthRoleDeleteResponse {
  const message = into ?? emptyAuthRoleDeleteResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthRoleDeleteResponse(writer: WireWriter, message: Init<AuthRoleDeleteResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface AuthRoleGrantPermissionRequest {
  name: string;
  perm: authpb.Permission | undefined;
}

export const AuthRoleGrantPermissionRequest: MessageType<AuthRoleGrantPermissionRequest> = messageType("etcdserverpb.AuthRoleGrantPermissionRequest", { read: readAuthRoleGrantPermissionRequest, write: writeAuthRoleGrantPermissionRequest });

function emptyAuthRoleGrantPermissionRequest(): AuthRoleGrantPermissionRequest {
  return { name: "", perm: undefined };
}

function readAuthRoleGrantPermissionRequest(reader: WireReader, into?: AuthRoleGrantPermissionRequest): AuthRoleGrantPermissionRequest {
  const message = into ?? emptyAuthRoleGrantPermissionRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.string(); break;
      case 18: { const outer = reader.enter(); message.perm = authpb.Permission.read(reader, message.perm); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthRoleGrantPermissionRequest(writer: WireWriter, message: Init<AuthRoleGrantPermissionRequest>): void {
  if (message.name) { writer.uint32(10).string(message.name); }
  if (message.perm !== undefined) { const start = writer.uint32(18).enter(); authpb.Permission.write(writer, message.perm); writer.leave(start); }
}

export interface AuthRoleGrantPermissionResponse {
  header: ResponseHeader | undefined;
}

export const AuthRoleGrantPermissionResponse: MessageType<AuthRoleGrantPermissionResponse> = messageType("etcdserverpb.AuthRoleGrantPermissionResponse", { read: readAuthRoleGrantPermissionResponse, write: writeAuthRoleGrantPermissionResponse });

function emptyAuthRoleGrantPermissionResponse(): AuthRoleGrantPermissionResponse {
  return { header: undefined };
}

function readAuthRoleGrantPermissionResponse(reader: WireReader, into?: AuthRoleGrantPermissionResponse): AuthRoleGrantPermissionResponse {
  const message = into ?? emptyAuthRoleGrantPermissionResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthRoleGrantPermissionResponse(writer: WireWriter, message: Init<AuthRoleGrantPermissionResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface AuthRoleRevokePermissionRequest {
  role: string;
  key: Uint8Array;
  rangeEnd: Uint8Array;
}

export const AuthRoleRevokePermissionRequest: MessageType<AuthRoleRevokePermissionRequest> = messageType("etcdserverpb.AuthRoleRevokePermissionRequest", { read: readAuthRoleRevokePermissionRequest, write: writeAuthRoleRevokePermissionRequest });

function emptyAuthRoleRevokePermissionRequest(): AuthRoleRevokePermissionRequest {
  return { role: "", key: noBytes, rangeEnd: noBytes };
}

function readAuthRoleRevokePermissionRequest(reader: WireReader, into?: AuthRoleRevokePermissionRequest): AuthRoleRevokePermissionRequest {
  const message = into ?? emptyAuthRoleRevokePermissionRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.role = reader.string(); break;
      case 18: message.key = reader.bytes(); break;
      case 26: message.rangeEnd = reader.bytes(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthRoleRevokePermissionRequest(writer: WireWriter, message: Init<AuthRoleRevokePermissionRequest>): void {
  if (message.role) { writer.uint32(10).string(message.role); }
  if (message.key?.length) { writer.uint32(18).bytes(message.key); }
  if (message.rangeEnd?.length) { writer.uint32(26).bytes(message.rangeEnd); }
}

export interface AuthRoleRevokePermissionResponse {
  header: ResponseHeader | undefined;
}

export const AuthRoleRevokePermissionResponse: MessageType<AuthRoleRevokePermissionResponse> = messageType("etcdserverpb.AuthRoleRevokePermissionResponse", { read: readAuthRoleRevokePermissionResponse, write: writeAuthRoleRevokePermissionResponse });

function emptyAuthRoleRevokePermissionResponse(): AuthRoleRevokePermissionResponse {
  return { header: undefined };
}

function readAuthRoleRevokePermissionResponse(reader: WireReader, into?: AuthRoleRevokePermissionResponse): AuthRoleRevokePermissionResponse {
  const message = into ?? emptyAuthRoleRevokePermissionResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAuthRoleRevokePermissionResponse(writer: WireWriter, message: Init<AuthRoleRevokePermissionResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface ResponseHeader {
  clusterId: bigint;
  memberId: bigint;
  /** The keyspace's revision when the answer was made. */
  revision: number;
  /** The term of consensus when the answer was made. */
  raftTerm: number;
}

export const ResponseHeader: MessageType<ResponseHeader> = messageType("etcdserverpb.ResponseHeader", { read: readResponseHeader, write: writeResponseHeader });

function emptyResponseHeader(): ResponseHeader {
  return { clusterId: 0n, memberId: 0n, revision: 0, raftTerm: 0 };
}

function readResponseHeader(reader: WireReader, into?: ResponseHeader): ResponseHeader {
  const message = into ?? emptyResponseHeader();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.clusterId = readUint64(reader); break;
      case 16: message.memberId = readUint64(reader); break;
      case 24: message.revision = readInt64Number(reader); break;
      case 32: message.raftTerm = readUint64Number(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeResponseHeader(writer: WireWriter, message: Init<ResponseHeader>): void {
  if (message.clusterId) { writeUint64(writer.uint32(8), message.clusterId); }
  if (message.memberId) { writeUint64(writer.uint32(16), message.memberId); }
  if (message.revision) { writeInt64Number(writer.uint32(24), message.revision); }
  if (message.raftTerm) { writeUint64Number(writer.uint32(32), message.raftTerm); }
}

export interface Member {
  ID: bigint;
  name: string;
  peerURLs: string[];
  clientURLs: string[];
  /** A learner receives the log and does not vote. */
  isLearner: boolean;
}

export const Member: MessageType<Member> = messageType("etcdserverpb.Member", { read: readMember, write: writeMember });

function emptyMember(): Member {
  return { ID: 0n, name: "", peerURLs: [], clientURLs: [], isLearner: false };
}

function readMember(reader: WireReader, into?: Member): Member {
  const message = into ?? emptyMember();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readUint64(reader); break;
      case 18: message.name = reader.string(); break;
      case 26: message.peerURLs.push(reader.string()); break;
      case 34: message.clientURLs.push(reader.string()); break;
      case 40: message.isLearner = reader.bool(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMember(writer: WireWriter, message: Init<Member>): void {
  if (message.ID) { writeUint64(writer.uint32(8), message.ID); }
  if (message.name) { writer.uint32(18).string(message.name); }
  if (message.peerURLs) for (const value of message.peerURLs) { writer.uint32(26).string(value); }
  if (message.clientURLs) for (const value of message.clientURLs) { writer.uint32(34).string(value); }
  if (message.isLearner) { writer.uint32(40).bool(message.isLearner); }
}

export interface MemberAddRequest {
  peerURLs: string[];
  isLearner: boolean;
}

export const MemberAddRequest: MessageType<MemberAddRequest> = messageType("etcdserverpb.MemberAddRequest", { read: readMemberAddRequest, write: writeMemberAddRequest });

function emptyMemberAddRequest(): MemberAddRequest {
  return { peerURLs: [], isLearner: false };
}

function readMemberAddRequest(reader: WireReader, into?: MemberAddRequest): MemberAddRequest {
  const message = into ?? emptyMemberAddRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.peerURLs.push(reader.string()); break;
      case 16: message.isLearner = reader.bool(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMemberAddRequest(writer: WireWriter, message: Init<MemberAddRequest>): void {
  if (message.peerURLs) for (const value of message.peerURLs) { writer.uint32(10).string(value); }
  if (message.isLearner) { writer.uint32(16).bool(message.isLearner); }
}

export interface MemberAddResponse {
  header: ResponseHeader | undefined;
  member: Member | undefined;
  members: Member[];
}

export const MemberAddResponse: MessageType<MemberAddResponse> = messageType("etcdserverpb.MemberAddResponse", { read: readMemberAddResponse, write: writeMemberAddResponse });

function emptyMemberAddResponse(): MemberAddResponse {
  return { header: undefined, member: undefined, members: [] };
}

function readMemberAddResponse(reader: WireReader, into?: MemberAddResponse): MemberAddResponse {
  const message = into ?? emptyMemberAddResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.member = readMember(reader, message.member); reader.leave(outer); break; }
      case 26: { const outer = reader.enter(); message.members.push(readMember(reader, undefined)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMemberAddResponse(writer: WireWriter, message: Init<MemberAddResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.member !== undefined) { const start = writer.uint32(18).enter(); writeMember(writer, message.member); writer.leave(start); }
  if (message.members) for (const value of message.members) { const start = writer.uint32(26).enter(); writeMember(writer, value); writer.leave(start); }
}

export interface MemberRemoveRequest {
  ID: bigint;
}

export const MemberRemoveRequest: MessageType<MemberRemoveRequest> = messageType("etcdserverpb.MemberRemoveRequest", { read: readMemberRemoveRequest, write: writeMemberRemoveRequest });

function emptyMemberRemoveRequest(): MemberRemoveRequest {
  return { ID: 0n };
}

function readMemberRemoveRequest(reader: WireReader, into?: MemberRemoveRequest): MemberRemoveRequest {
  const message = into ?? emptyMemberRemoveRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readUint64(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMemberRemoveRequest(writer: WireWriter, message: Init<MemberRemoveRequest>): void {
  if (message.ID) { writeUint64(writer.uint32(8), message.ID); }
}

export interface MemberRemoveResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

export const MemberRemoveResponse: MessageType<MemberRemoveResponse> = messageType("etcdserverpb.MemberRemoveResponse", { read: readMemberRemoveResponse, write: writeMemberRemoveResponse });

function emptyMemberRemoveResponse(): MemberRemoveResponse {
  return { header: undefined, members: [] };
}

function readMemberRemoveResponse(reader: WireReader, into?: MemberRemoveResponse): MemberRemoveResponse {
  const message = into ?? emptyMemberRemoveResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.members.push(readMember(reader, undefined)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMemberRemoveResponse(writer: WireWriter, message: Init<MemberRemoveResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.members) for (const value of message.members) { const start = writer.uint32(18).enter(); writeMember(writer, value); writer.leave(start); }
}

export interface MemberUpdateRequest {
  ID: bigint;
  peerURLs: string[];
}

export const MemberUpdateRequest: MessageType<MemberUpdateRequest> = messageType("etcdserverpb.MemberUpdateRequest", { read: readMemberUpdateRequest, write: writeMemberUpdateRequest });

function emptyMemberUpdateRequest(): MemberUpdateRequest {
  return { ID: 0n, peerURLs: [] };
}

function readMemberUpdateRequest(reader: WireReader, into?: MemberUpdateRequest): MemberUpdateRequest {
  const message = into ?? emptyMemberUpdateRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readUint64(reader); break;
      case 18: message.peerURLs.push(reader.string()); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMemberUpdateRequest(writer: WireWriter, message: Init<MemberUpdateRequest>): void {
  if (message.ID) { writeUint64(writer.uint32(8), message.ID); }
  if (message.peerURLs) for (const value of message.peerURLs) { writer.uint32(18).string(value); }
}

export interface MemberUpdateResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

export const MemberUpdateResponse: MessageType<MemberUpdateResponse> = messageType("etcdserverpb.MemberUpdateResponse", { read: readMemberUpdateResponse, write: writeMemberUpdateResponse });

function emptyMemberUpdateResponse(): MemberUpdateResponse {
  return { header: undefined, members: [] };
}

function readMemberUpdateResponse(reader: WireReader, into?: MemberUpdateResponse): MemberUpdateResponse {
  const message = into ?? emptyMemberUpdateResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.members.push(readMember(reader, undefined)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMemberUpdateResponse(writer: WireWriter, message: Init<MemberUpdateResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.members) for (const value of message.members) { const start = writer.uint32(18).enter(); writeMember(writer, value); writer.leave(start); }
}

export interface MemberListRequest {
  linearizable: boolean;
}

export const MemberListRequest: MessageType<MemberListRequest> = messageType("etcdserverpb.MemberListRequest", { read: readMemberListRequest, write: writeMemberListRequest });

function emptyMemberListRequest(): MemberListRequest {
  return { linearizable: false };
}

function readMemberListRequest(reader: WireReader, into?: MemberListRequest): MemberListRequest {
  const message = into ?? emptyMemberListRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.linearizable = reader.bool(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMemberListRequest(writer: WireWriter, message: Init<MemberListRequest>): void {
  if (message.linearizable) { writer.uint32(8).bool(message.linearizable); }
}

export interface MemberListResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

export const MemberListResponse: MessageType<MemberListResponse> = messageType("etcdserverpb.MemberListResponse", { read: readMemberListResponse, write: writeMemberListResponse });

function emptyMemberListResponse(): MemberListResponse {
  return { header: undefined, members: [] };
}

function readMemberListResponse(reader: WireReader, into?: MemberListResponse): MemberListResponse {
  const message = into ?? emptyMemberListResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.members.push(readMember(reader, undefined)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMemberListResponse(writer: WireWriter, message: Init<MemberListResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.members) for (const value of message.members) { const start = writer.uint32(18).enter(); writeMember(writer, value); writer.leave(start); }
}

export interface MemberPromoteRequest {
  ID: bigint;
}

export const MemberPromoteRequest: MessageType<MemberPromoteRequest> = messageType("etcdserverpb.MemberPromoteRequest", { read: readMemberPromoteRequest, write: writeMemberPromoteRequest });

function emptyMemberPromoteRequest(): MemberPromoteRequest {
  return { ID: 0n };
}

function readMemberPromoteRequest(reader: WireReader, into?: MemberPromoteRequest): MemberPromoteRequest {
  const message = into ?? emptyMemberPromoteRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readUint64(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMemberPromoteRequest(writer: WireWriter, message: Init<MemberPromoteRequest>): void {
  if (message.ID) { writeUint64(writer.uint32(8), message.ID); }
}

export interface MemberPromoteResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

export const MemberPromoteResponse: MessageType<MemberPromoteResponse> = messageType("etcdserverpb.MemberPromoteResponse", { read: readMemberPromoteResponse, write: writeMemberPromoteResponse });

function emptyMemberPromoteResponse(): MemberPromoteResponse {
  return { header: undefined, members: [] };
}

function readMemberPromoteResponse(reader: WireReader, into?: MemberPromoteResponse): MemberPromoteResponse {
  const message = into ?? emptyMemberPromoteResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.members.push(readMember(reader, undefined)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMemberPromoteResponse(writer: WireWriter, message: Init<MemberPromoteResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.members) for (const value of message.members) { const start = writer.uint32(18).enter(); writeMember(writer, value); writer.leave(start); }
}

export interface RequestHeader {
  ID: bigint;
  username: string;
  /** The auth revision under which the request was checked. */
  authRevision: number;
}

export const RequestHeader: MessageType<RequestHeader> = messageType("etcdserverpb.RequestHeader", { read: readRequestHeader, write: writeRequestHeader });

function emptyRequestHeader(): RequestHeader {
  return { ID: 0n, username: "", authRevision: 0 };
}

function readRequestHeader(reader: WireReader, into?: RequestHeader): RequestHeader {
  const message = into ?? emptyRequestHeader();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readUint64(reader); break;
      case 18: message.username = reader.string(); break;
      case 24: message.authRevision = readUint64Number(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeRequestHeader(writer: WireWriter, message: Init<RequestHeader>): void {
  if (message.ID) { writeUint64(writer.uint32(8), message.ID); }
  if (message.username) { writer.uint32(18).string(message.username); }
  if (message.authRevision) { writeUint64Number(writer.uint32(24), message.authRevision); }
}

/** One entry of the log: a header and the one request that is set. */
export interface InternalRaftRequest {
  /** Before there was a header, the request's id stood here. */
  ID: bigint;
  range: RangeRequest | undefined;
  put: PutRequest | undefined;
  deleteRange: DeleteRangeRequest | undefined;
  txn: TxnRequest | undefined;
  compaction: CompactionRequest | undefined;
  leaseGrant: LeaseGrantRequest | undefined;
  leaseRevoke: LeaseRevokeRequest | undefined;
  alarm: AlarmRequest | undefined;
  leaseCheckpoint: LeaseCheckpointRequest | undefined;
  header: RequestHeader | undefined;
  authEnable: AuthEnableRequest | undefined;
  authDisable: AuthDisableRequest | undefined;
  authenticate: InternalAuthenticateRequest | undefined;
  authStatus: AuthStatusRequest | undefined;
  authUserAdd: AuthUserAddRequest | undefined;
  authUserDelete: AuthUserDeleteRequest | undefined;
  authUserGet: AuthUserGetRequest | undefined;
  authUserChangePassword: AuthUserChangePasswordRequest | undefined;
  authUserGrantRole: AuthUserGrantRoleRequest | undefined;
  authUserRevokeRole: AuthUserRevokeRoleRequest | undefined;
  authUserList: AuthUserListRequest | undefined;
  authRoleList: AuthRoleListRequest | undefined;
  authRoleAdd: AuthRoleAddRequest | undefined;
  authRoleDelete: AuthRoleDeleteRequest | undefined;
  authRoleGet: AuthRoleGetRequest | undefined;
  authRoleGrantPermission: AuthRoleGrantPermissionRequest | undefined;
  authRoleRevokePermission: AuthRoleRevokePermissionRequest | undefined;
  clusterVersionSet: membershippb.ClusterVersionSetRequest | undefined;
  clusterMemberAttrSet: membershippb.ClusterMemberAttrSetRequest | undefined;
  downgradeInfoSet: membershippb.DowngradeInfoSetRequest | undefined;
  downgradeVersionTest: DowngradeVersionTestRequest | undefined;
}

export const InternalRaftRequest: MessageType<InternalRaftRequest> = messageType("etcdserverpb.InternalRaftRequest", { read: readInternalRaftRequest, write: writeInternalRaftRequest });

function emptyInternalRaftRequest(): InternalRaftRequest {
  return { ID: 0n, range: undefined, put: undefined, deleteRange: undefined, txn: undefined, compaction: undefined, leaseGrant: undefined, leaseRevoke: undefined, alarm: undefined, leaseCheckpoint: undefined, header: undefined, authEnable: undefined, authDisable: undefined, authenticate: undefined, authStatus: undefined, authUserAdd: undefined, authUserDelete: undefined, authUserGet: undefined, authUserChangePassword: undefined, authUserGrantRole: undefined, authUserRevokeRole: undefined, authUserList: undefined, authRoleList: undefined, authRoleAdd: undefined, authRoleDelete: undefined, authRoleGet: undefined, authRoleGrantPermission: undefined, authRoleRevokePermission: undefined, clusterVersionSet: undefined, clusterMemberAttrSet: undefined, downgradeInfoSet: undefined, downgradeVersionTest: undefined };
}

function readInternalRaftRequest(reader: WireReader, into?: InternalRaftRequest, outerDepth = 0): InternalRaftRequest {
  const message = into ?? emptyInternalRaftRequest();
  const depth = deeper(outerDepth);
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readUint64(reader); break;
      case 26: { const outer = reader.enter(); message.range = readRangeRequest(reader, message.range); reader.leave(outer); break; }
      case 34: { const outer = reader.enter(); message.put = readPutRequest(reader, message.put); reader.leave(outer); break; }
      case 42: { const outer = reader.enter(); message.deleteRange = readDeleteRangeRequest(reader, message.deleteRange); reader.leave(outer); break; }
      case 50: { const outer = reader.enter(); message.txn = readTxnRequest(reader, message.txn, depth); reader.leave(outer); break; }
      case 58: { const outer = reader.enter(); message.compaction = readCompactionRequest(reader, message.compaction); reader.leave(outer); break; }
      case 66: { const outer = reader.enter(); message.leaseGrant = readLeaseGrantRequest(reader, message.leaseGrant); reader.leave(outer); break; }
      case 74: { const outer = reader.enter(); message.leaseRevoke = readLeaseRevokeRequest(reader, message.leaseRevoke); reader.leave(outer); break; }
      case 82: { const outer = reader.enter(); message.alarm = readAlarmRequest(reader, message.alarm); reader.leave(outer); break; }
      case 90: { const outer = reader.enter(); message.leaseCheckpoint = readLeaseCheckpointRequest(reader, message.leaseCheckpoint); reader.leave(outer); break; }
      case 802: { const outer = reader.enter(); message.header = readRequestHeader(reader, message.header); reader.leave(outer); break; }
      case 8002: { const outer = reader.enter(); message.authEnable = readAuthEnableRequest(reader, message.authEnable); reader.leave(outer); break; }
      case 8090: { const outer = reader.enter(); message.authDisable = readAuthDisableRequest(reader, message.authDisable); reader.leave(outer); break; }
      case 8098: { const outer = reader.enter(); message.authenticate = readInternalAuthenticateRequest(reader, message.authenticate); reader.leave(outer); break; }
      case 8106: { const outer = reader.enter(); message.authStatus = readAuthStatusRequest(reader, message.authStatus); reader.leave(outer); break; }
      case 8802: { const outer = reader.enter(); message.authUserAdd = readAuthUserAddRequest(reader, message.authUserAdd); reader.leave(outer); break; }
      case 8810: { const outer = reader.enter(); message.authUserDelete = readAuthUserDeleteRequest(reader, message.authUserDelete); reader.leave(outer); break; }
      case 8818: { const outer = reader.enter(); message.authUserGet = readAuthUserGetRequest(reader, message.authUserGet); reader.leave(outer); break; }
      case 8826: { const outer = reader.enter(); message.authUserChangePassword = readAuthUserChangePasswordRequest(reader, message.authUserChangePassword); reader.leave(outer); break; }
      case 8834: { const outer = reader.enter(); message.authUserGrantRole = readAuthUserGrantRoleRequest(reader, message.authUserGrantRole); reader.leave(outer); break; }
      case 8842: { const outer = reader.enter(); message.authUserRevokeRole = readAuthUserRevokeRoleRequest(reader, message.authUserRevokeRole); reader.leave(outer); break; }
      case 8850: { const outer = reader.enter(); message.authUserList = readAuthUserListRequest(reader, message.authUserList); reader.leave(outer); break; }
      case 8858: { const outer = reader.enter(); message.authRoleList = readAuthRoleListRequest(reader, message.authRoleList); reader.leave(outer); break; }
      case 9602: { const outer = reader.enter(); message.authRoleAdd = readAuthRoleAddRequest(reader, message.authRoleAdd); reader.leave(outer); break; }
      case 9610: { const outer = reader.enter(); message.authRoleDelete = readAuthRoleDeleteRequest(reader, message.authRoleDelete); reader.leave(outer); break; }
      case 9618: { const outer = reader.enter(); message.authRoleGet = readAuthRoleGetRequest(reader, message.authRoleGet); reader.leave(outer); break; }
      case 9626: { const outer = reader.enter(); message.authRoleGrantPermission = readAuthRoleGrantPermissionRequest(reader, message.authRoleGrantPermission); reader.leave(outer); break; }
      case 9634: { const outer = reader.enter(); message.authRoleRevokePermission = readAuthRoleRevokePermissionRequest(reader, message.authRoleRevokePermission); reader.leave(outer); break; }
      case 10402: { const outer = reader.enter(); message.clusterVersionSet = membershippb.ClusterVersionSetRequest.read(reader, message.clusterVersionSet); reader.leave(outer); break; }
      case 10410: { const outer = reader.enter(); message.clusterMemberAttrSet = membershippb.ClusterMemberAttrSetRequest.read(reader, message.clusterMemberAttrSet); reader.leave(outer); break; }
      case 10418: { const outer = reader.enter(); message.downgradeInfoSet = membershippb.DowngradeInfoSetRequest.read(reader, message.downgradeInfoSet); reader.leave(outer); break; }
      case 79202: { const outer = reader.enter(); message.downgradeVersionTest = readDowngradeVersionTestRequest(reader, message.downgradeVersionTest); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeInternalRaftRequest(writer: WireWriter, message: Init<InternalRaftRequest>): void {
  if (message.ID) { writeUint64(writer.uint32(8), message.ID); }
  if (message.range !== undefined) { const start = writer.uint32(26).enter(); writeRangeRequest(writer, message.range); writer.leave(start); }
  if (message.put !== undefined) { const start = writer.uint32(34).enter(); writePutRequest(writer, message.put); writer.leave(start); }
  if (message.deleteRange !== undefined) { const start = writer.uint32(42).enter(); writeDeleteRangeRequest(writer, message.deleteRange); writer.leave(start); }
  if (message.txn !== undefined) { const start = writer.uint32(50).enter(); writeTxnRequest(writer, message.txn); writer.leave(start); }
  if (message.compaction !== undefined) { const start = writer.uint32(58).enter(); writeCompactionRequest(writer, message.compaction); writer.leave(start); }
  if (message.leaseGrant !== undefined) { const start = writer.uint32(66).enter(); writeLeaseGrantRequest(writer, message.leaseGrant); writer.leave(start); }
  if (message.leaseRevoke !== undefined) { const start = writer.uint32(74).enter(); writeLeaseRevokeRequest(writer, message.leaseRevoke); writer.leave(start); }
  if (message.alarm !== undefined) { const start = writer.uint32(82).enter(); writeAlarmRequest(writer, message.alarm); writer.leave(start); }
  if (message.leaseCheckpoint !== undefined) { const start = writer.uint32(90).enter(); writeLeaseCheckpointRequest(writer, message.leaseCheckpoint); writer.leave(start); }
  if (message.header !== undefined) { const start = writer.uint32(802).enter(); writeRequestHeader(writer, message.header); writer.leave(start); }
  if (message.authEnable !== undefined) { const start = writer.uint32(8002).enter(); writeAuthEnableRequest(writer, message.authEnable); writer.leave(start); }
  if (message.authDisable !== undefined) { const start = writer.uint32(8090).enter(); writeAuthDisableRequest(writer, message.authDisable); writer.leave(start); }
  if (message.authenticate !== undefined) { const start = writer.uint32(8098).enter(); writeInternalAuthenticateRequest(writer, message.authenticate); writer.leave(start); }
  if (message.authStatus !== undefined) { const start = writer.uint32(8106).enter(); writeAuthStatusRequest(writer, message.authStatus); writer.leave(start); }
  if (message.authUserAdd !== undefined) { const start = writer.uint32(8802).enter(); writeAuthUserAddRequest(writer, message.authUserAdd); writer.leave(start); }
  if (message.authUserDelete !== undefined) { const start = writer.uint32(8810).enter(); writeAuthUserDeleteRequest(writer, message.authUserDelete); writer.leave(start); }
  if (message.authUserGet !== undefined) { const start = writer.uint32(8818).enter(); writeAuthUserGetRequest(writer, message.authUserGet); writer.leave(start); }
  if (message.authUserChangePassword !== undefined) { const start = writer.uint32(8826).enter(); writeAuthUserChangePasswordRequest(writer, message.authUserChangePassword); writer.leave(start); }
  if (message.authUserGrantRole !== undefined) { const start = writer.uint32(8834).enter(); writeAuthUserGrantRoleRequest(writer, message.authUserGrantRole); writer.leave(start); }
  if (message.authUserRevokeRole !== undefined) { const start = writer.uint32(8842).enter(); writeAuthUserRevokeRoleRequest(writer, message.authUserRevokeRole); writer.leave(start); }
  if (message.authUserList !== undefined) { const start = writer.uint32(8850).enter(); writeAuthUserListRequest(writer, message.authUserList); writer.leave(start); }
  if (message.authRoleList !== undefined) { const start = writer.uint32(8858).enter(); writeAuthRoleListRequest(writer, message.authRoleList); writer.leave(start); }
  if (message.authRoleAdd !== undefined) { const start = writer.uint32(9602).enter(); writeAuthRoleAddRequest(writer, message.authRoleAdd); writer.leave(start); }
  if (message.authRoleDelete !== undefined) { const start = writer.uint32(9610).enter(); writeAuthRoleDeleteRequest(writer, message.authRoleDelete); writer.leave(start); }
  if (message.authRoleGet !== undefined) { const start = writer.uint32(9618).enter(); writeAuthRoleGetRequest(writer, message.authRoleGet); writer.leave(start); }
  if (message.authRoleGrantPermission !== undefined) { const start = writer.uint32(9626).enter(); writeAuthRoleGrantPermissionRequest(writer, message.authRoleGrantPermission); writer.leave(start); }
  if (message.authRoleRevokePermission !== undefined) { const start = writer.uint32(9634).enter(); writeAuthRoleRevokePermissionRequest(writer, message.authRoleRevokePermission); writer.leave(start); }
  if (message.clusterVersionSet !== undefined) { const start = writer.uint32(10402).enter(); membershippb.ClusterVersionSetRequest.write(writer, message.clusterVersionSet); writer.leave(start); }
  if (message.clusterMemberAttrSet !== undefined) { const start = writer.uint32(10410).enter(); membershippb.ClusterMemberAttrSetRequest.write(writer, message.clusterMemberAttrSet); writer.leave(start); }
  if (message.downgradeInfoSet !== undefined) { const start = writer.uint32(10418).enter(); membershippb.DowngradeInfoSetRequest.write(writer, message.downgradeInfoSet); writer.leave(start); }
  if (message.downgradeVersionTest !== undefined) { const start = writer.uint32(79202).enter(); writeDowngradeVersionTestRequest(writer, message.downgradeVersionTest); writer.leave(start); }
}

export interface InternalAuthenticateRequest {
  name: string;
  password: string;
  /** Made by the member that took the request, so that all store the same one. */
  simpleToken: string;
}

export const InternalAuthenticateRequest: MessageType<InternalAuthenticateRequest> = messageType("etcdserverpb.InternalAuthenticateRequest", { read: readInternalAuthenticateRequest, write: writeInternalAuthenticateRequest });

function emptyInternalAuthenticateRequest(): InternalAuthenticateRequest {
  return { name: "", password: "", simpleToken: "" };
}

function readInternalAuthenticateRequest(reader: WireReader, into?: InternalAuthenticateRequest): InternalAuthenticateRequest {
  const message = into ?? emptyInternalAuthenticateRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.string(); break;
      case 18: message.password = reader.string(); break;
      case 26: message.simpleToken = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeInternalAuthenticateRequest(writer: WireWriter, message: Init<InternalAuthenticateRequest>): void {
  if (message.name) { writer.uint32(10).string(message.name); }
  if (message.password) { writer.uint32(18).string(message.password); }
  if (message.simpleToken) { writer.uint32(26).string(message.simpleToken); }
}

export interface EmptyResponse {
}

export const EmptyResponse: MessageType<EmptyResponse> = messageType("etcdserverpb.EmptyResponse", { read: readEmptyResponse, write: writeEmptyResponse });

function emptyEmptyResponse(): EmptyResponse {
  return {  };
}

function readEmptyResponse(reader: WireReader, into?: EmptyResponse): EmptyResponse {
  const message = into ?? emptyEmptyResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    reader.skip(tag);
  }
  return message;
}

function writeEmptyResponse(_writer: WireWriter, _message: Init<EmptyResponse>): void {}

/** Stored at a log's start: which member of which cluster wrote it. */
export interface Metadata {
  NodeID: bigint | undefined;
  ClusterID: bigint | undefined;
}

export const Metadata: MessageType<Metadata> = messageType("etcdserverpb.Metadata", { read: readMetadata, write: writeMetadata });

function emptyMetadata(): Metadata {
  return { NodeID: undefined, ClusterID: undefined };
}

function readMetadata(reader: WireReader, into?: Metadata): Metadata {
  const message = into ?? emptyMetadata();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.NodeID = readUint64(reader); break;
      case 16: message.ClusterID = readUint64(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMetadata(writer: WireWriter, message: Init<Metadata>): void {
  if (message.NodeID !== undefined) { writeUint64(writer.uint32(8), message.NodeID); }
  if (message.ClusterID !== undefined) { writeUint64(writer.uint32(16), message.ClusterID); }
}

export interface RangeRequest {
  /** First key. With no range_end, the only one. */
  key: Uint8Array;
  /** Where to stop, exclusive; a single zero byte means up to the last key. */
  rangeEnd: Uint8Array;
  /** At most this many keys; 0 for all. */
  limit: number;
  /** The revision to read at; 0 or less for the newest. */
  revision: number;
  sortOrder: number;
  sortTarget: number;
  /** May be answered from the member's own state, without asking a quorum. */
  serializable: boolean;
  keysOnly: boolean;
  countOnly: boolean;
  /** The four bounds leave out keys whose revisions lie outside; 0 is no bound. */
  minModRevision: number;
  maxModRevision: number;
  minCreateRevision: number;
  maxCreateRevision: number;
}

export const RangeRequest: MessageType<RangeRequest> = messageType("etcdserverpb.RangeRequest", { read: readRangeRequest, write: writeRangeRequest });

function emptyRangeRequest(): RangeRequest {
  return { key: noBytes, rangeEnd: noBytes, limit: 0, revision: 0, sortOrder: 0, sortTarget: 0, serializable: false, keysOnly: false, countOnly: false, minModRevision: 0, maxModRevision: 0, minCreateRevision: 0, maxCreateRevision: 0 };
}

function readRangeRequest(reader: WireReader, into?: RangeRequest): RangeRequest {
  const message = into ?? emptyRangeRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.key = reader.bytes(); break;
      case 18: message.rangeEnd = reader.bytes(); break;
      case 24: message.limit = readInt64Clamped(reader); break;
      case 32: message.revision = readInt64Clamped(reader); break;
      case 40: message.sortOrder = reader.int32(); break;
      case 48: message.sortTarget = reader.int32(); break;
      case 56: message.serializable = reader.bool(); break;
      case 64: message.keysOnly = reader.bool(); break;
      case 72: message.countOnly = reader.bool(); break;
      case 80: message.minModRevision = readInt64Clamped(reader); break;
      case 88: message.maxModRevision = readInt64Clamped(reader); break;
      case 96: message.minCreateRevision = readInt64Clamped(reader); break;
      case 104: message.maxCreateRevision = readInt64Clamped(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeRangeRequest(writer: WireWriter, message: Init<RangeRequest>): void {
  if (message.key?.length) { writer.uint32(10).bytes(message.key); }
  if (message.rangeEnd?.length) { writer.uint32(18).bytes(message.rangeEnd); }
  if (message.limit) { writeInt64Number(writer.uint32(24), message.limit); }
  if (message.revision) { writeInt64Number(writer.uint32(32), message.revision); }
  if (message.sortOrder) { writer.uint32(40).int32(message.sortOrder); }
  if (message.sortTarget) { writer.uint32(48).int32(message.sortTarget); }
  if (message.serializable) { writer.uint32(56).bool(message.serializable); }
  if (message.keysOnly) { writer.uint32(64).bool(message.keysOnly); }
  if (message.countOnly) { writer.uint32(72).bool(message.countOnly); }
  if (message.minModRevision) { writeInt64Number(writer.uint32(80), message.minModRevision); }
  if (message.maxModRevision) { writeInt64Number(writer.uint32(88), message.maxModRevision); }
  if (message.minCreateRevision) { writeInt64Number(writer.uint32(96), message.minCreateRevision); }
  if (message.maxCreateRevision) { writeInt64Number(writer.uint32(104), message.maxCreateRevision); }
}

export interface RangeResponse {
  header: ResponseHeader | undefined;
  kvs: mvccpb.KeyValue[];
  /** Whether the limit left keys out. */
  more: boolean;
  /** How many keys are in the range, whatever the limit. */
  count: number;
}

export const RangeResponse: MessageType<RangeResponse> = messageType("etcdserverpb.RangeResponse", { read: readRangeResponse, write: writeRangeResponse });

function emptyRangeResponse(): RangeResponse {
  return { header: undefined, kvs: [], more: false, count: 0 };
}

function readRangeResponse(reader: WireReader, into?: RangeResponse): RangeResponse {
  const message = into ?? emptyRangeResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.kvs.push(mvccpb.KeyValue.read(reader, undefined)); reader.leave(outer); break; }
      case 24: message.more = reader.bool(); break;
      case 32: message.count = readInt64Number(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeRangeResponse(writer: WireWriter, message: Init<RangeResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.kvs) for (const value of message.kvs) { const start = writer.uint32(18).enter(); mvccpb.KeyValue.write(writer, value); writer.leave(start); }
  if (message.more) { writer.uint32(24).bool(message.more); }
  if (message.count) { writeInt64Number(writer.uint32(32), message.count); }
}

/** A piece of a range. Concatenated in order, the pieces are one RangeResponse. */
export interface RangeStreamResponse {
  rangeResponse: RangeResponse | undefined;
}

export const RangeStreamResponse: MessageType<RangeStreamResponse> = messageType("etcdserverpb.RangeStreamResponse", { read: readRangeStreamResponse, write: writeRangeStreamResponse });

function emptyRangeStreamResponse(): RangeStreamResponse {
  return { rangeResponse: undefined };
}

function readRangeStreamResponse(reader: WireReader, into?: RangeStreamResponse): RangeStreamResponse {
  const message = into ?? emptyRangeStreamResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.rangeResponse = readRangeResponse(reader, message.rangeResponse); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeRangeStreamResponse(writer: WireWriter, message: Init<RangeStreamResponse>): void {
  if (message.rangeResponse !== undefined) { const start = writer.uint32(10).enter(); writeRangeResponse(writer, message.rangeResponse); writer.leave(start); }
}

export interface PutRequest {
  key: Uint8Array;
  value: Uint8Array;
  /** The lease that the key hangs on; 0 for none. */
  lease: bigint;
  prevKv: boolean;
  /** Keep the value that is stored; the key must exist. */
  ignoreValue: boolean;
  /** Keep the lease that is attached; the key must exist. */
  ignoreLease: boolean;
}

export const PutRequest: MessageType<PutRequest> = messageType("etcdserverpb.PutRequest", { read: readPutRequest, write: writePutRequest });

function emptyPutRequest(): PutRequest {
  return { key: noBytes, value: noBytes, lease: 0n, prevKv: false, ignoreValue: false, ignoreLease: false };
}

function readPutRequest(reader: WireReader, into?: PutRequest): PutRequest {
  const message = into ?? emptyPutRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.key = reader.bytes(); break;
      case 18: message.value = reader.bytes(); break;
      case 24: message.lease = readInt64(reader); break;
      case 32: message.prevKv = reader.bool(); break;
      case 40: message.ignoreValue = reader.bool(); break;
      case 48: message.ignoreLease = reader.bool(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writePutRequest(writer: WireWriter, message: Init<PutRequest>): void {
  if (message.key?.length) { writer.uint32(10).bytes(message.key); }
  if (message.value?.length) { writer.uint32(18).bytes(message.value); }
  if (message.lease) { writeInt64(writer.uint32(24), message.lease); }
  if (message.prevKv) { writer.uint32(32).bool(message.prevKv); }
  if (message.ignoreValue) { writer.uint32(40).bool(message.ignoreValue); }
  if (message.ignoreLease) { writer.uint32(48).bool(message.ignoreLease); }
}

export interface PutResponse {
  header: ResponseHeader | undefined;
  prevKv: mvccpb.KeyValue | undefined;
}

export const PutResponse: MessageType<PutResponse> = messageType("etcdserverpb.PutResponse", { read: readPutResponse, write: writePutResponse });

function emptyPutResponse(): PutResponse {
  return { header: undefined, prevKv: undefined };
}

function readPutResponse(reader: WireReader, into?: PutResponse): PutResponse {
  const message = into ?? emptyPutResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.prevKv = mvccpb.KeyValue.read(reader, message.prevKv); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writePutResponse(writer: WireWriter, message: Init<PutResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.prevKv !== undefined) { const start = writer.uint32(18).enter(); mvccpb.KeyValue.write(writer, message.prevKv); writer.leave(start); }
}

export interface DeleteRangeRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  prevKv: boolean;
}

export const DeleteRangeRequest: MessageType<DeleteRangeRequest> = messageType("etcdserverpb.DeleteRangeRequest", { read: readDeleteRangeRequest, write: writeDeleteRangeRequest });

function emptyDeleteRangeRequest(): DeleteRangeRequest {
  return { key: noBytes, rangeEnd: noBytes, prevKv: false };
}

function readDeleteRangeRequest(reader: WireReader, into?: DeleteRangeRequest): DeleteRangeRequest {
  const message = into ?? emptyDeleteRangeRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.key = reader.bytes(); break;
      case 18: message.rangeEnd = reader.bytes(); break;
      case 24: message.prevKv = reader.bool(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeDeleteRangeRequest(writer: WireWriter, message: Init<DeleteRangeRequest>): void {
  if (message.key?.length) { writer.uint32(10).bytes(message.key); }
  if (message.rangeEnd?.length) { writer.uint32(18).bytes(message.rangeEnd); }
  if (message.prevKv) { writer.uint32(24).bool(message.prevKv); }
}

export interface DeleteRangeResponse {
  header: ResponseHeader | undefined;
  /** How many keys were deleted. */
  deleted: number;
  prevKvs: mvccpb.KeyValue[];
}

export const DeleteRangeResponse: MessageType<DeleteRangeResponse> = messageType("etcdserverpb.DeleteRangeResponse", { read: readDeleteRangeResponse, write: writeDeleteRangeResponse });

function emptyDeleteRangeResponse(): DeleteRangeResponse {
  return { header: undefined, deleted: 0, prevKvs: [] };
}

function readDeleteRangeResponse(reader: WireReader, into?: DeleteRangeResponse): DeleteRangeResponse {
  const message = into ?? emptyDeleteRangeResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 16: message.deleted = readInt64Number(reader); break;
      case 26: { const outer = reader.enter(); message.prevKvs.push(mvccpb.KeyValue.read(reader, undefined)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeDeleteRangeResponse(writer: WireWriter, message: Init<DeleteRangeResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.deleted) { writeInt64Number(writer.uint32(16), message.deleted); }
  if (message.prevKvs) for (const value of message.prevKvs) { const start = writer.uint32(26).enter(); mvccpb.KeyValue.write(writer, value); writer.leave(start); }
}

interface RequestOpFields {
  /** Which one is set; empty for none. */
  request: "" | "requestRange" | "requestPut" | "requestDeleteRange" | "requestTxn";
  requestRange: RangeRequest | undefined;
  requestPut: PutRequest | undefined;
  requestDeleteRange: DeleteRangeRequest | undefined;
  requestTxn: TxnRequest | undefined;
}
/** One operation of a transaction. */
export type RequestOp =
  | { request: ""; requestRange: undefined; requestPut: undefined; requestDeleteRange: undefined; requestTxn: undefined }
  | { request: "requestRange"; requestRange: RangeRequest; requestPut: undefined; requestDeleteRange: undefined; requestTxn: undefined }
  | { request: "requestPut"; requestRange: undefined; requestPut: PutRequest; requestDeleteRange: undefined; requestTxn: undefined }
  | { request: "requestDeleteRange"; requestRange: undefined; requestPut: undefined; requestDeleteRange: DeleteRangeRequest; requestTxn: undefined }
  | { request: "requestTxn"; requestRange: undefined; requestPut: undefined; requestDeleteRange: undefined; requestTxn: TxnRequest };

export const RequestOp: MessageType<RequestOp> = messageType("etcdserverpb.RequestOp", { read: readRequestOp, write: writeRequestOp });

function emptyRequestOp(): RequestOpFields {
  return { request: "", requestRange: undefined, requestPut: undefined, requestDeleteRange: undefined, requestTxn: undefined };
}

function chooseRequestOp(message: RequestOpFields, choice: RequestOpFields["request"]): void {
  if (message.request === choice) return;
  message.request = choice;
  message.requestRange = undefined;
  message.requestPut = undefined;
  message.requestDeleteRange = undefined;
  message.requestTxn = undefined;
}

function readRequestOp(reader: WireReader, into?: RequestOp, outerDepth = 0): RequestOp {
  const message: RequestOpFields = into ?? emptyRequestOp();
  const depth = deeper(outerDepth);
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: chooseRequestOp(message, "requestRange"); { const outer = reader.enter(); message.requestRange = readRangeRequest(reader, message.requestRange); reader.leave(outer); break; }
      case 18: chooseRequestOp(message, "requestPut"); { const outer = reader.enter(); message.requestPut = readPutRequest(reader, message.requestPut); reader.leave(outer); break; }
      case 26: chooseRequestOp(message, "requestDeleteRange"); { const outer = reader.enter(); message.requestDeleteRange = readDeleteRangeRequest(reader, message.requestDeleteRange); reader.leave(outer); break; }
      case 34: chooseRequestOp(message, "requestTxn"); { const outer = reader.enter(); message.requestTxn = readTxnRequest(reader, message.requestTxn, depth); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message as RequestOp;
}

function writeRequestOp(writer: WireWriter, message: Init<RequestOp>): void {
  const request = message.request ??
    (message.requestRange !== undefined ? "requestRange" :
    message.requestPut !== undefined ? "requestPut" :
    message.requestDeleteRange !== undefined ? "requestDeleteRange" :
    message.requestTxn !== undefined ? "requestTxn" :
    "");
  if (request === "requestRange") { const start = writer.uint32(10).enter(); writeRangeRequest(writer, message.requestRange ?? {}); writer.leave(start); }
  if (request === "requestPut") { const start = writer.uint32(18).enter(); writePutRequest(writer, message.requestPut ?? {}); writer.leave(start); }
  if (request === "requestDeleteRange") { const start = writer.uint32(26).enter(); writeDeleteRangeRequest(writer, message.requestDeleteRange ?? {}); writer.leave(start); }
  if (request === "requestTxn") { const start = writer.uint32(34).enter(); writeTxnRequest(writer, message.requestTxn ?? {}); writer.leave(start); }
}

interface ResponseOpFields {
  /** Which one is set; empty for none. */
  response: "" | "responseRange" | "responsePut" | "responseDeleteRange" | "responseTxn";
  responseRange: RangeResponse | undefined;
  responsePut: PutResponse | undefined;
  responseDeleteRange: DeleteRangeResponse | undefined;
  responseTxn: TxnResponse | undefined;
}
/** The answer to the operation at the same place of the executed list. */
export type ResponseOp =
  | { response: ""; responseRange: undefined; responsePut: undefined; responseDeleteRange: undefined; responseTxn: undefined }
  | { response: "responseRange"; responseRange: RangeResponse; responsePut: undefined; responseDeleteRange: undefined; responseTxn: undefined }
  | { response: "responsePut"; responseRange: undefined; responsePut: PutResponse; responseDeleteRange: undefined; responseTxn: undefined }
  | { response: "responseDeleteRange"; responseRange: undefined; responsePut: undefined; responseDeleteRange: DeleteRangeResponse; responseTxn: undefined }
  | { response: "responseTxn"; responseRange: undefined; responsePut: undefined; responseDeleteRange: undefined; responseTxn: TxnResponse };

export const ResponseOp: MessageType<ResponseOp> = messageType("etcdserverpb.ResponseOp", { read: readResponseOp, write: writeResponseOp });

function emptyResponseOp(): ResponseOpFields {
  return { response: "", responseRange: undefined, responsePut: undefined, responseDeleteRange: undefined, responseTxn: undefined };
}

function chooseResponseOp(message: ResponseOpFields, choice: ResponseOpFields["response"]): void {
  if (message.response === choice) return;
  message.response = choice;
  message.responseRange = undefined;
  message.responsePut = undefined;
  message.responseDeleteRange = undefined;
  message.responseTxn = undefined;
}

function readResponseOp(reader: WireReader, into?: ResponseOp, outerDepth = 0): ResponseOp {
  const message: ResponseOpFields = into ?? emptyResponseOp();
  const depth = deeper(outerDepth);
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: chooseResponseOp(message, "responseRange"); { const outer = reader.enter(); message.responseRange = readRangeResponse(reader, message.responseRange); reader.leave(outer); break; }
      case 18: chooseResponseOp(message, "responsePut"); { const outer = reader.enter(); message.responsePut = readPutResponse(reader, message.responsePut); reader.leave(outer); break; }
      case 26: chooseResponseOp(message, "responseDeleteRange"); { const outer = reader.enter(); message.responseDeleteRange = readDeleteRangeResponse(reader, message.responseDeleteRange); reader.leave(outer); break; }
      case 34: chooseResponseOp(message, "responseTxn"); { const outer = reader.enter(); message.responseTxn = readTxnResponse(reader, message.responseTxn, depth); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message as ResponseOp;
}

function writeResponseOp(writer: WireWriter, message: Init<ResponseOp>): void {
  const response = message.response ??
    (message.responseRange !== undefined ? "responseRange" :
    message.responsePut !== undefined ? "responsePut" :
    message.responseDeleteRange !== undefined ? "responseDeleteRange" :
    message.responseTxn !== undefined ? "responseTxn" :
    "");
  if (response === "responseRange") { const start = writer.uint32(10).enter(); writeRangeResponse(writer, message.responseRange ?? {}); writer.leave(start); }
  if (response === "responsePut") { const start = writer.uint32(18).enter(); writePutResponse(writer, message.responsePut ?? {}); writer.leave(start); }
  if (response === "responseDeleteRange") { const start = writer.uint32(26).enter(); writeDeleteRangeResponse(writer, message.responseDeleteRange ?? {}); writer.leave(start); }
  if (response === "responseTxn") { const start = writer.uint32(34).enter(); writeTxnResponse(writer, message.responseTxn ?? {}); writer.leave(start); }
}

/** A condition on one key, or on every key of a range. */
export interface Compare {
  /** Which one is set; empty for none. */
  targetUnion: "" | "version" | "createRevision" | "modRevision" | "value" | "lease";
  result: number;
  target: number;
  key: Uint8Array;
  version: number;
  createRevision: number;
  modRevision: number;
  value: Uint8Array;
  lease: bigint;
  /** When set, the condition must hold for every key from key up to here. */
  rangeEnd: Uint8Array;
}

export const Compare: MessageType<Compare> = messageType("etcdserverpb.Compare", { read: readCompare, write: writeCompare });

function emptyCompare(): Compare {
  return { targetUnion: "", result: 0, target: 0, key: noBytes, version: 0, createRevision: 0, modRevision: 0, value: noBytes, lease: 0n, rangeEnd: noBytes };
}

function chooseCompare(message: Compare, choice: Compare["targetUnion"]): void {
  if (message.targetUnion === choice) return;
  message.targetUnion = choice;
  message.version = 0;
  message.createRevision = 0;
  message.modRevision = 0;
  message.value = noBytes;
  message.lease = 0n;
}

function readCompare(reader: WireReader, into?: Compare): Compare {
  const message = into ?? emptyCompare();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.result = reader.int32(); break;
      case 16: message.target = reader.int32(); break;
      case 26: message.key = reader.bytes(); break;
      case 32: chooseCompare(message, "version"); message.version = readInt64Clamped(reader); break;
      case 40: chooseCompare(message, "createRevision"); message.createRevision = readInt64Clamped(reader); break;
      case 48: chooseCompare(message, "modRevision"); message.modRevision = readInt64Clamped(reader); break;
      case 58: chooseCompare(message, "value"); message.value = reader.bytes(); break;
      case 64: chooseCompare(message, "lease"); message.lease = readInt64(reader); break;
      case 514: message.rangeEnd = reader.bytes(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeCompare(writer: WireWriter, message: Init<Compare>): void {
  const targetUnion = message.targetUnion ??
    (message.version !== undefined ? "version" :
    message.createRevision !== undefined ? "createRevision" :
    message.modRevision !== undefined ? "modRevision" :
    message.value !== undefined ? "value" :
    message.lease !== undefined ? "lease" :
    "");
  if (message.result) { writer.uint32(8).int32(message.result); }
  if (message.target) { writer.uint32(16).int32(message.target); }
  if (message.key?.length) { writer.uint32(26).bytes(message.key); }
  if (targetUnion === "version") { writeInt64Number(writer.uint32(32), message.version ?? 0); }
  if (targetUnion === "createRevision") { writeInt64Number(writer.uint32(40), message.createRevision ?? 0); }
  if (targetUnion === "modRevision") { writeInt64Number(writer.uint32(48), message.modRevision ?? 0); }
  if (targetUnion === "value") { writer.uint32(58).bytes(message.value ?? noBytes); }
  if (targetUnion === "lease") { writeInt64(writer.uint32(64), message.lease ?? 0n); }
  if (message.rangeEnd?.length) { writer.uint32(514).bytes(message.rangeEnd); }
}

export interface TxnRequest {
  /** All must hold for `success` to run; otherwise `failure` does. */
  compare: Compare[];
  success: RequestOp[];
  failure: RequestOp[];
}

export const TxnRequest: MessageType<TxnRequest> = messageType("etcdserverpb.TxnRequest", { read: readTxnRequest, write: writeTxnRequest });

function emptyTxnRequest(): TxnRequest {
  return { compare: [], success: [], failure: [] };
}

function readTxnRequest(reader: WireReader, into?: TxnRequest, outerDepth = 0): TxnRequest {
  const message = into ?? emptyTxnRequest();
  const depth = deeper(outerDepth);
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.compare.push(readCompare(reader, undefined)); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.success.push(readRequestOp(reader, undefined, depth)); reader.leave(outer); break; }
      case 26: { const outer = reader.enter(); message.failure.push(readRequestOp(reader, undefined, depth)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeTxnRequest(writer: WireWriter, message: Init<TxnRequest>): void {
  if (message.compare) for (const value of message.compare) { const start = writer.uint32(10).enter(); writeCompare(writer, value); writer.leave(start); }
  if (message.success) for (const value of message.success) { const start = writer.uint32(18).enter(); writeRequestOp(writer, value); writer.leave(start); }
  if (message.failure) for (const value of message.failure) { const start = writer.uint32(26).enter(); writeRequestOp(writer, value); writer.leave(start); }
}

export interface TxnResponse {
  header: ResponseHeader | undefined;
  /** Whether all conditions held. */
  succeeded: boolean;
  responses: ResponseOp[];
}

export const TxnResponse: MessageType<TxnResponse> = messageType("etcdserverpb.TxnResponse", { read: readTxnResponse, write: writeTxnResponse });

function emptyTxnResponse(): TxnResponse {
  return { header: undefined, succeeded: false, responses: [] };
}

function readTxnResponse(reader: WireReader, into?: TxnResponse, outerDepth = 0): TxnResponse {
  const message = into ?? emptyTxnResponse();
  const depth = deeper(outerDepth);
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 16: message.succeeded = reader.bool(); break;
      case 26: { const outer = reader.enter(); message.responses.push(readResponseOp(reader, undefined, depth)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeTxnResponse(writer: WireWriter, message: Init<TxnResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.succeeded) { writer.uint32(16).bool(message.succeeded); }
  if (message.responses) for (const value of message.responses) { const start = writer.uint32(26).enter(); writeResponseOp(writer, value); writer.leave(start); }
}

export interface CompactionRequest {
  /** The oldest revision that stays readable. */
  revision: number;
  /** Answer only when the space has been given back. */
  physical: boolean;
}

export const CompactionRequest: MessageType<CompactionRequest> = messageType("etcdserverpb.CompactionRequest", { read: readCompactionRequest, write: writeCompactionRequest });

function emptyCompactionRequest(): CompactionRequest {
  return { revision: 0, physical: false };
}

function readCompactionRequest(reader: WireReader, into?: CompactionRequest): CompactionRequest {
  const message = into ?? emptyCompactionRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.revision = readInt64Clamped(reader); break;
      case 16: message.physical = reader.bool(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeCompactionRequest(writer: WireWriter, message: Init<CompactionRequest>): void {
  if (message.revision) { writeInt64Number(writer.uint32(8), message.revision); }
  if (message.physical) { writer.uint32(16).bool(message.physical); }
}

export interface CompactionResponse {
  header: ResponseHeader | undefined;
}

export const CompactionResponse: MessageType<CompactionResponse> = messageType("etcdserverpb.CompactionResponse", { read: readCompactionResponse, write: writeCompactionResponse });

function emptyCompactionResponse(): CompactionResponse {
  return { header: undefined };
}

function readCompactionResponse(reader: WireReader, into?: CompactionResponse): CompactionResponse {
  const message = into ?? emptyCompactionResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeCompactionResponse(writer: WireWriter, message: Init<CompactionResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface LeaseGrantRequest {
  /** Seconds to live, as wished; the server may give more. */
  TTL: number;
  /** An id of the client's choice; 0 lets the server choose. Negative ids are ids too. */
  ID: bigint;
}

export const LeaseGrantRequest: MessageType<LeaseGrantRequest> = messageType("etcdserverpb.LeaseGrantRequest", { read: readLeaseGrantRequest, write: writeLeaseGrantRequest });

function emptyLeaseGrantRequest(): LeaseGrantRequest {
  return { TTL: 0, ID: 0n };
}

function readLeaseGrantRequest(reader: WireReader, into?: LeaseGrantRequest): LeaseGrantRequest {
  const message = into ?? emptyLeaseGrantRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.TTL = readInt64Clamped(reader); break;
      case 16: message.ID = readInt64(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseGrantRequest(writer: WireWriter, message: Init<LeaseGrantRequest>): void {
  if (message.TTL) { writeInt64Number(writer.uint32(8), message.TTL); }
  if (message.ID) { writeInt64(writer.uint32(16), message.ID); }
}

export interface LeaseGrantResponse {
  header: ResponseHeader | undefined;
  ID: bigint;
  TTL: number;
  error: string;
}

export const LeaseGrantResponse: MessageType<LeaseGrantResponse> = messageType("etcdserverpb.LeaseGrantResponse", { read: readLeaseGrantResponse, write: writeLeaseGrantResponse });

function emptyLeaseGrantResponse(): LeaseGrantResponse {
  return { header: undefined, ID: 0n, TTL: 0, error: "" };
}

function readLeaseGrantResponse(reader: WireReader, into?: LeaseGrantResponse): LeaseGrantResponse {
  const message = into ?? emptyLeaseGrantResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 16: message.ID = readInt64(reader); break;
      case 24: message.TTL = readInt64Number(reader); break;
      case 34: message.error = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseGrantResponse(writer: WireWriter, message: Init<LeaseGrantResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.ID) { writeInt64(writer.uint32(16), message.ID); }
  if (message.TTL) { writeInt64Number(writer.uint32(24), message.TTL); }
  if (message.error) { writer.uint32(34).string(message.error); }
}

export interface LeaseRevokeRequest {
  ID: bigint;
}

export const LeaseRevokeRequest: MessageType<LeaseRevokeRequest> = messageType("etcdserverpb.LeaseRevokeRequest", { read: readLeaseRevokeRequest, write: writeLeaseRevokeRequest });

function emptyLeaseRevokeRequest(): LeaseRevokeRequest {
  return { ID: 0n };
}

function readLeaseRevokeRequest(reader: WireReader, into?: LeaseRevokeRequest): LeaseRevokeRequest {
  const message = into ?? emptyLeaseRevokeRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readInt64(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseRevokeRequest(writer: WireWriter, message: Init<LeaseRevokeRequest>): void {
  if (message.ID) { writeInt64(writer.uint32(8), message.ID); }
}

export interface LeaseRevokeResponse {
  header: ResponseHeader | undefined;
}

export const LeaseRevokeResponse: MessageType<LeaseRevokeResponse> = messageType("etcdserverpb.LeaseRevokeResponse", { read: readLeaseRevokeResponse, write: writeLeaseRevokeResponse });

function emptyLeaseRevokeResponse(): LeaseRevokeResponse {
  return { header: undefined };
}

function readLeaseRevokeResponse(reader: WireReader, into?: LeaseRevokeResponse): LeaseRevokeResponse {
  const message = into ?? emptyLeaseRevokeResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseRevokeResponse(writer: WireWriter, message: Init<LeaseRevokeResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface LeaseCheckpoint {
  ID: bigint;
  /** Seconds left, for a member that takes over. */
  remainingTTL: number;
}

export const LeaseCheckpoint: MessageType<LeaseCheckpoint> = messageType("etcdserverpb.LeaseCheckpoint", { read: readLeaseCheckpoint, write: writeLeaseCheckpoint });

function emptyLeaseCheckpoint(): LeaseCheckpoint {
  return { ID: 0n, remainingTTL: 0 };
}

function readLeaseCheckpoint(reader: WireReader, into?: LeaseCheckpoint): LeaseCheckpoint {
  const message = into ?? emptyLeaseCheckpoint();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readInt64(reader); break;
      case 16: message.remainingTTL = readInt64Number(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseCheckpoint(writer: WireWriter, message: Init<LeaseCheckpoint>): void {
  if (message.ID) { writeInt64(writer.uint32(8), message.ID); }
  if (message.remainingTTL) { writeInt64Number(writer.uint32(16), message.remainingTTL); }
}

export interface LeaseCheckpointRequest {
  checkpoints: LeaseCheckpoint[];
}

export const LeaseCheckpointRequest: MessageType<LeaseCheckpointRequest> = messageType("etcdserverpb.LeaseCheckpointRequest", { read: readLeaseCheckpointRequest, write: writeLeaseCheckpointRequest });

function emptyLeaseCheckpointRequest(): LeaseCheckpointRequest {
  return { checkpoints: [] };
}

function readLeaseCheckpointRequest(reader: WireReader, into?: LeaseCheckpointRequest): LeaseCheckpointRequest {
  const message = into ?? emptyLeaseCheckpointRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.checkpoints.push(readLeaseCheckpoint(reader, undefined)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseCheckpointRequest(writer: WireWriter, message: Init<LeaseCheckpointRequest>): void {
  if (message.checkpoints) for (const value of message.checkpoints) { const start = writer.uint32(10).enter(); writeLeaseCheckpoint(writer, value); writer.leave(start); }
}

export interface LeaseCheckpointResponse {
  header: ResponseHeader | undefined;
}

export const LeaseCheckpointResponse: MessageType<LeaseCheckpointResponse> = messageType("etcdserverpb.LeaseCheckpointResponse", { read: readLeaseCheckpointResponse, write: writeLeaseCheckpointResponse });

function emptyLeaseCheckpointResponse(): LeaseCheckpointResponse {
  return { header: undefined };
}

function readLeaseCheckpointResponse(reader: WireReader, into?: LeaseCheckpointResponse): LeaseCheckpointResponse {
  const message = into ?? emptyLeaseCheckpointResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseCheckpointResponse(writer: WireWriter, message: Init<LeaseCheckpointResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface LeaseKeepAliveRequest {
  ID: bigint;
}

export const LeaseKeepAliveRequest: MessageType<LeaseKeepAliveRequest> = messageType("etcdserverpb.LeaseKeepAliveRequest", { read: readLeaseKeepAliveRequest, write: writeLeaseKeepAliveRequest });

function emptyLeaseKeepAliveRequest(): LeaseKeepAliveRequest {
  return { ID: 0n };
}

function readLeaseKeepAliveRequest(reader: WireReader, into?: LeaseKeepAliveRequest): LeaseKeepAliveRequest {
  const message = into ?? emptyLeaseKeepAliveRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readInt64(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseKeepAliveRequest(writer: WireWriter, message: Init<LeaseKeepAliveRequest>): void {
  if (message.ID) { writeInt64(writer.uint32(8), message.ID); }
}

export interface LeaseKeepAliveResponse {
  header: ResponseHeader | undefined;
  ID: bigint;
  /** Seconds to live from now; 0 or less when the lease is gone. */
  TTL: number;
}

export const LeaseKeepAliveResponse: MessageType<LeaseKeepAliveResponse> = messageType("etcdserverpb.LeaseKeepAliveResponse", { read: readLeaseKeepAliveResponse, write: writeLeaseKeepAliveResponse });

function emptyLeaseKeepAliveResponse(): LeaseKeepAliveResponse {
  return { header: undefined, ID: 0n, TTL: 0 };
}

function readLeaseKeepAliveResponse(reader: WireReader, into?: LeaseKeepAliveResponse): LeaseKeepAliveResponse {
  const message = into ?? emptyLeaseKeepAliveResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 16: message.ID = readInt64(reader); break;
      case 24: message.TTL = readInt64Number(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseKeepAliveResponse(writer: WireWriter, message: Init<LeaseKeepAliveResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.ID) { writeInt64(writer.uint32(16), message.ID); }
  if (message.TTL) { writeInt64Number(writer.uint32(24), message.TTL); }
}

export interface LeaseTimeToLiveRequest {
  ID: bigint;
  keys: boolean;
}

export const LeaseTimeToLiveRequest: MessageType<LeaseTimeToLiveRequest> = messageType("etcdserverpb.LeaseTimeToLiveRequest", { read: readLeaseTimeToLiveRequest, write: writeLeaseTimeToLiveRequest });

function emptyLeaseTimeToLiveRequest(): LeaseTimeToLiveRequest {
  return { ID: 0n, keys: false };
}

function readLeaseTimeToLiveRequest(reader: WireReader, into?: LeaseTimeToLiveRequest): LeaseTimeToLiveRequest {
  const message = into ?? emptyLeaseTimeToLiveRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readInt64(reader); break;
      case 16: message.keys = reader.bool(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseTimeToLiveRequest(writer: WireWriter, message: Init<LeaseTimeToLiveRequest>): void {
  if (message.ID) { writeInt64(writer.uint32(8), message.ID); }
  if (message.keys) { writer.uint32(16).bool(message.keys); }
}

export interface LeaseTimeToLiveResponse {
  header: ResponseHeader | undefined;
  ID: bigint;
  /** Seconds left; -1 when the lease is gone. */
  TTL: number;
  /** Seconds granted at first. */
  grantedTTL: number;
  keys: Uint8Array[];
}

export const LeaseTimeToLiveResponse: MessageType<LeaseTimeToLiveResponse> = messageType("etcdserverpb.LeaseTimeToLiveResponse", { read: readLeaseTimeToLiveResponse, write: writeLeaseTimeToLiveResponse });

function emptyLeaseTimeToLiveResponse(): LeaseTimeToLiveResponse {
  return { header: undefined, ID: 0n, TTL: 0, grantedTTL: 0, keys: [] };
}

function readLeaseTimeToLiveResponse(reader: WireReader, into?: LeaseTimeToLiveResponse): LeaseTimeToLiveResponse {
  const message = into ?? emptyLeaseTimeToLiveResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 16: message.ID = readInt64(reader); break;
      case 24: message.TTL = readInt64Number(reader); break;
      case 32: message.grantedTTL = readInt64Number(reader); break;
      case 42: message.keys.push(reader.bytes()); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseTimeToLiveResponse(writer: WireWriter, message: Init<LeaseTimeToLiveResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.ID) { writeInt64(writer.uint32(16), message.ID); }
  if (message.TTL) { writeInt64Number(writer.uint32(24), message.TTL); }
  if (message.grantedTTL) { writeInt64Number(writer.uint32(32), message.grantedTTL); }
  if (message.keys) for (const value of message.keys) { writer.uint32(42).bytes(value); }
}

export interface LeaseLeasesRequest {
}

export const LeaseLeasesRequest: MessageType<LeaseLeasesRequest> = messageType("etcdserverpb.LeaseLeasesRequest", { read: readLeaseLeasesRequest, write: writeLeaseLeasesRequest });

function emptyLeaseLeasesRequest(): LeaseLeasesRequest {
  return {  };
}

function readLeaseLeasesRequest(reader: WireReader, into?: LeaseLeasesRequest): LeaseLeasesRequest {
  const message = into ?? emptyLeaseLeasesRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    reader.skip(tag);
  }
  return message;
}

function writeLeaseLeasesRequest(_writer: WireWriter, _message: Init<LeaseLeasesRequest>): void {}

export interface LeaseStatus {
  ID: bigint;
}

export const LeaseStatus: MessageType<LeaseStatus> = messageType("etcdserverpb.LeaseStatus", { read: readLeaseStatus, write: writeLeaseStatus });

function emptyLeaseStatus(): LeaseStatus {
  return { ID: 0n };
}

function readLeaseStatus(reader: WireReader, into?: LeaseStatus): LeaseStatus {
  const message = into ?? emptyLeaseStatus();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readInt64(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseStatus(writer: WireWriter, message: Init<LeaseStatus>): void {
  if (message.ID) { writeInt64(writer.uint32(8), message.ID); }
}

export interface LeaseLeasesResponse {
  header: ResponseHeader | undefined;
  leases: LeaseStatus[];
}

export const LeaseLeasesResponse: MessageType<LeaseLeasesResponse> = messageType("etcdserverpb.LeaseLeasesResponse", { read: readLeaseLeasesResponse, write: writeLeaseLeasesResponse });

function emptyLeaseLeasesResponse(): LeaseLeasesResponse {
  return { header: undefined, leases: [] };
}

function readLeaseLeasesResponse(reader: WireReader, into?: LeaseLeasesResponse): LeaseLeasesResponse {
  const message = into ?? emptyLeaseLeasesResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.leases.push(readLeaseStatus(reader, undefined)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaseLeasesResponse(writer: WireWriter, message: Init<LeaseLeasesResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.leases) for (const value of message.leases) { const start = writer.uint32(18).enter(); writeLeaseStatus(writer, value); writer.leave(start); }
}

export interface AlarmMember {
  memberID: bigint;
  alarm: number;
}

export const AlarmMember: MessageType<AlarmMember> = messageType("etcdserverpb.AlarmMember", { read: readAlarmMember, write: writeAlarmMember });

function emptyAlarmMember(): AlarmMember {
  return { memberID: 0n, alarm: 0 };
}

function readAlarmMember(reader: WireReader, into?: AlarmMember): AlarmMember {
  const message = into ?? emptyAlarmMember();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.memberID = readUint64(reader); break;
      case 16: message.alarm = reader.int32(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAlarmMember(writer: WireWriter, message: Init<AlarmMember>): void {
  if (message.memberID) { writeUint64(writer.uint32(8), message.memberID); }
  if (message.alarm) { writer.uint32(16).int32(message.alarm); }
}

export interface AlarmRequest {
  action: number;
  /** The member concerned; 0 for all. */
  memberID: bigint;
  alarm: number;
}

export const AlarmRequest: MessageType<AlarmRequest> = messageType("etcdserverpb.AlarmRequest", { read: readAlarmRequest, write: writeAlarmRequest });

function emptyAlarmRequest(): AlarmRequest {
  return { action: 0, memberID: 0n, alarm: 0 };
}

function readAlarmRequest(reader: WireReader, into?: AlarmRequest): AlarmRequest {
  const message = into ?? emptyAlarmRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.action = reader.int32(); break;
      case 16: message.memberID = readUint64(reader); break;
      case 24: message.alarm = reader.int32(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAlarmRequest(writer: WireWriter, message: Init<AlarmRequest>): void {
  if (message.action) { writer.uint32(8).int32(message.action); }
  if (message.memberID) { writeUint64(writer.uint32(16), message.memberID); }
  if (message.alarm) { writer.uint32(24).int32(message.alarm); }
}

export interface AlarmResponse {
  header: ResponseHeader | undefined;
  alarms: AlarmMember[];
}

export const AlarmResponse: MessageType<AlarmResponse> = messageType("etcdserverpb.AlarmResponse", { read: readAlarmResponse, write: writeAlarmResponse });

function emptyAlarmResponse(): AlarmResponse {
  return { header: undefined, alarms: [] };
}

function readAlarmResponse(reader: WireReader, into?: AlarmResponse): AlarmResponse {
  const message = into ?? emptyAlarmResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.alarms.push(readAlarmMember(reader, undefined)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAlarmResponse(writer: WireWriter, message: Init<AlarmResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.alarms) for (const value of message.alarms) { const start = writer.uint32(18).enter(); writeAlarmMember(writer, value); writer.leave(start); }
}

export interface DowngradeInfo {
  enabled: boolean;
  targetVersion: string;
}

export const DowngradeInfo: MessageType<DowngradeInfo> = messageType("etcdserverpb.DowngradeInfo", { read: readDowngradeInfo, write: writeDowngradeInfo });

function emptyDowngradeInfo(): DowngradeInfo {
  return { enabled: false, targetVersion: "" };
}

function readDowngradeInfo(reader: WireReader, into?: DowngradeInfo): DowngradeInfo {
  const message = into ?? emptyDowngradeInfo();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.enabled = reader.bool(); break;
      case 18: message.targetVersion = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeDowngradeInfo(writer: WireWriter, message: Init<DowngradeInfo>): void {
  if (message.enabled) { writer.uint32(8).bool(message.enabled); }
  if (message.targetVersion) { writer.uint32(18).string(message.targetVersion); }
}

export interface StatusRequest {
}

export const StatusRequest: MessageType<StatusRequest> = messageType("etcdserverpb.StatusRequest", { read: readStatusRequest, write: writeStatusRequest });

function emptyStatusRequest(): StatusRequest {
  return {  };
}

function readStatusRequest(reader: WireReader, into?: StatusRequest): StatusRequest {
  const message = into ?? emptyStatusRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    reader.skip(tag);
  }
  return message;
}

function writeStatusRequest(_writer: WireWriter, _message: Init<StatusRequest>): void {}

export interface StatusResponse {
  header: ResponseHeader | undefined;
  version: string;
  /** Bytes that the store occupies. */
  dbSize: number;
  leader: bigint;
  raftIndex: number;
  raftTerm: number;
  raftAppliedIndex: number;
  /** What is wrong, in words: alarms, no leader. */
  errors: string[];
  /** Bytes of them that hold data. */
  dbSizeInUse: number;
  isLearner: boolean;
  storageVersion: string;
  dbSizeQuota: number;
  downgradeInfo: DowngradeInfo | undefined;
}

export const StatusResponse: MessageType<StatusResponse> = messageType("etcdserverpb.StatusResponse", { read: readStatusResponse, write: writeStatusResponse });

function emptyStatusResponse(): StatusResponse {
  return { header: undefined, version: "", dbSize: 0, leader: 0n, raftIndex: 0, raftTerm: 0, raftAppliedIndex: 0, errors: [], dbSizeInUse: 0, isLearner: false, storageVersion: "", dbSizeQuota: 0, downgradeInfo: undefined };
}

function readStatusResponse(reader: WireReader, into?: StatusResponse): StatusResponse {
  const message = into ?? emptyStatusResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: message.version = reader.string(); break;
      case 24: message.dbSize = readInt64Number(reader); break;
      case 32: message.leader = readUint64(reader); break;
      case 40: message.raftIndex = readUint64Number(reader); break;
      case 48: message.raftTerm = readUint64Number(reader); break;
      case 56: message.raftAppliedIndex = readUint64Number(reader); break;
      case 66: message.errors.push(reader.string()); break;
      case 72: message.dbSizeInUse = readInt64Number(reader); break;
      case 80: message.isLearner = reader.bool(); break;
      case 90: message.storageVersion = reader.string(); break;
      case 96: message.dbSizeQuota = readInt64Number(reader); break;
      case 106: { const outer = reader.enter(); message.downgradeInfo = readDowngradeInfo(reader, message.downgradeInfo); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeStatusResponse(writer: WireWriter, message: Init<StatusResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.version) { writer.uint32(18).string(message.version); }
  if (message.dbSize) { writeInt64Number(writer.uint32(24), message.dbSize); }
  if (message.leader) { writeUint64(writer.uint32(32), message.leader); }
  if (message.raftIndex) { writeUint64Number(writer.uint32(40), message.raftIndex); }
  if (message.raftTerm) { writeUint64Number(writer.uint32(48), message.raftTerm); }
  if (message.raftAppliedIndex) { writeUint64Number(writer.uint32(56), message.raftAppliedIndex); }
  if (message.errors) for (const value of message.errors) { writer.uint32(66).string(value); }
  if (message.dbSizeInUse) { writeInt64Number(writer.uint32(72), message.dbSizeInUse); }
  if (message.isLearner) { writer.uint32(80).bool(message.isLearner); }
  if (message.storageVersion) { writer.uint32(90).string(message.storageVersion); }
  if (message.dbSizeQuota) { writeInt64Number(writer.uint32(96), message.dbSizeQuota); }
  if (message.downgradeInfo !== undefined) { const start = writer.uint32(106).enter(); writeDowngradeInfo(writer, message.downgradeInfo); writer.leave(start); }
}

export interface DefragmentRequest {
}

export const DefragmentRequest: MessageType<DefragmentRequest> = messageType("etcdserverpb.DefragmentRequest", { read: readDefragmentRequest, write: writeDefragmentRequest });

function emptyDefragmentRequest(): DefragmentRequest {
  return {  };
}

function readDefragmentRequest(reader: WireReader, into?: DefragmentRequest): DefragmentRequest {
  const message = into ?? emptyDefragmentRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    reader.skip(tag);
  }
  return message;
}

function writeDefragmentRequest(_writer: WireWriter, _message: Init<DefragmentRequest>): void {}

export interface DefragmentResponse {
  header: ResponseHeader | undefined;
}

export const DefragmentResponse: MessageType<DefragmentResponse> = messageType("etcdserverpb.DefragmentResponse", { read: readDefragmentResponse, write: writeDefragmentResponse });

function emptyDefragmentResponse(): DefragmentResponse {
  return { header: undefined };
}

function readDefragmentResponse(reader: WireReader, into?: DefragmentResponse): DefragmentResponse {
  const message = into ?? emptyDefragmentResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeDefragmentResponse(writer: WireWriter, message: Init<DefragmentResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface HashRequest {
}

export const HashRequest: MessageType<HashRequest> = messageType("etcdserverpb.HashRequest", { read: readHashRequest, write: writeHashRequest });

function emptyHashRequest(): HashRequest {
  return {  };
}

function readHashRequest(reader: WireReader, into?: HashRequest): HashRequest {
  const message = into ?? emptyHashRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    reader.skip(tag);
  }
  return message;
}

function writeHashRequest(_writer: WireWriter, _message: Init<HashRequest>): void {}

export interface HashResponse {
  header: ResponseHeader | undefined;
  hash: number;
}

export const HashResponse: MessageType<HashResponse> = messageType("etcdserverpb.HashResponse", { read: readHashResponse, write: writeHashResponse });

function emptyHashResponse(): HashResponse {
  return { header: undefined, hash: 0 };
}

function readHashResponse(reader: WireReader, into?: HashResponse): HashResponse {
  const message = into ?? emptyHashResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 16: message.hash = reader.uint32(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeHashResponse(writer: WireWriter, message: Init<HashResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.hash) { writer.uint32(16).uint32(message.hash); }
}

export interface HashKVRequest {
  /** Hash what is visible at this revision; 0 for the newest. */
  revision: number;
}

export const HashKVRequest: MessageType<HashKVRequest> = messageType("etcdserverpb.HashKVRequest", { read: readHashKVRequest, write: writeHashKVRequest });

function emptyHashKVRequest(): HashKVRequest {
  return { revision: 0 };
}

function readHashKVRequest(reader: WireReader, into?: HashKVRequest): HashKVRequest {
  const message = into ?? emptyHashKVRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.revision = readInt64Clamped(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeHashKVRequest(writer: WireWriter, message: Init<HashKVRequest>): void {
  if (message.revision) { writeInt64Number(writer.uint32(8), message.revision); }
}

export interface HashKVResponse {
  header: ResponseHeader | undefined;
  hash: number;
  compactRevision: number;
  hashRevision: number;
}

export const HashKVResponse: MessageType<HashKVResponse> = messageType("etcdserverpb.HashKVResponse", { read: readHashKVResponse, write: writeHashKVResponse });

function emptyHashKVResponse(): HashKVResponse {
  return { header: undefined, hash: 0, compactRevision: 0, hashRevision: 0 };
}

function readHashKVResponse(reader: WireReader, into?: HashKVResponse): HashKVResponse {
  const message = into ?? emptyHashKVResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 16: message.hash = reader.uint32(); break;
      case 24: message.compactRevision = readInt64Number(reader); break;
      case 32: message.hashRevision = readInt64Number(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeHashKVResponse(writer: WireWriter, message: Init<HashKVResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.hash) { writer.uint32(16).uint32(message.hash); }
  if (message.compactRevision) { writeInt64Number(writer.uint32(24), message.compactRevision); }
  if (message.hashRevision) { writeInt64Number(writer.uint32(32), message.hashRevision); }
}

export interface SnapshotRequest {
}

export const SnapshotRequest: MessageType<SnapshotRequest> = messageType("etcdserverpb.SnapshotRequest", { read: readSnapshotRequest, write: writeSnapshotRequest });

function emptySnapshotRequest(): SnapshotRequest {
  return {  };
}

function readSnapshotRequest(reader: WireReader, into?: SnapshotRequest): SnapshotRequest {
  const message = into ?? emptySnapshotRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    reader.skip(tag);
  }
  return message;
}

function writeSnapshotRequest(_writer: WireWriter, _message: Init<SnapshotRequest>): void {}

export interface SnapshotResponse {
  header: ResponseHeader | undefined;
  /** Bytes of the snapshot that follow this piece. */
  remainingBytes: number;
  /** The next bytes of the snapshot. */
  blob: Uint8Array;
  version: string;
}

export const SnapshotResponse: MessageType<SnapshotResponse> = messageType("etcdserverpb.SnapshotResponse", { read: readSnapshotResponse, write: writeSnapshotResponse });

function emptySnapshotResponse(): SnapshotResponse {
  return { header: undefined, remainingBytes: 0, blob: noBytes, version: "" };
}

function readSnapshotResponse(reader: WireReader, into?: SnapshotResponse): SnapshotResponse {
  const message = into ?? emptySnapshotResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 16: message.remainingBytes = readUint64Number(reader); break;
      case 26: message.blob = reader.bytes(); break;
      case 34: message.version = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeSnapshotResponse(writer: WireWriter, message: Init<SnapshotResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.remainingBytes) { writeUint64Number(writer.uint32(16), message.remainingBytes); }
  if (message.blob?.length) { writer.uint32(26).bytes(message.blob); }
  if (message.version) { writer.uint32(34).string(message.version); }
}

export interface MoveLeaderRequest {
  targetID: bigint;
}

export const MoveLeaderRequest: MessageType<MoveLeaderRequest> = messageType("etcdserverpb.MoveLeaderRequest", { read: readMoveLeaderRequest, write: writeMoveLeaderRequest });

function emptyMoveLeaderRequest(): MoveLeaderRequest {
  return { targetID: 0n };
}

function readMoveLeaderRequest(reader: WireReader, into?: MoveLeaderRequest): MoveLeaderRequest {
  const message = into ?? emptyMoveLeaderRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.targetID = readUint64(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMoveLeaderRequest(writer: WireWriter, message: Init<MoveLeaderRequest>): void {
  if (message.targetID) { writeUint64(writer.uint32(8), message.targetID); }
}

export interface MoveLeaderResponse {
  header: ResponseHeader | undefined;
}

export const MoveLeaderResponse: MessageType<MoveLeaderResponse> = messageType("etcdserverpb.MoveLeaderResponse", { read: readMoveLeaderResponse, write: writeMoveLeaderResponse });

function emptyMoveLeaderResponse(): MoveLeaderResponse {
  return { header: undefined };
}

function readMoveLeaderResponse(reader: WireReader, into?: MoveLeaderResponse): MoveLeaderResponse {
  const message = into ?? emptyMoveLeaderResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMoveLeaderResponse(writer: WireWriter, message: Init<MoveLeaderResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
}

export interface DowngradeRequest {
  action: number;
  version: string;
}

export const DowngradeRequest: MessageType<DowngradeRequest> = messageType("etcdserverpb.DowngradeRequest", { read: readDowngradeRequest, write: writeDowngradeRequest });

function emptyDowngradeRequest(): DowngradeRequest {
  return { action: 0, version: "" };
}

function readDowngradeRequest(reader: WireReader, into?: DowngradeRequest): DowngradeRequest {
  const message = into ?? emptyDowngradeRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.action = reader.int32(); break;
      case 18: message.version = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeDowngradeRequest(writer: WireWriter, message: Init<DowngradeRequest>): void {
  if (message.action) { writer.uint32(8).int32(message.action); }
  if (message.version) { writer.uint32(18).string(message.version); }
}

export interface DowngradeResponse {
  header: ResponseHeader | undefined;
  version: string;
}

export const DowngradeResponse: MessageType<DowngradeResponse> = messageType("etcdserverpb.DowngradeResponse", { read: readDowngradeResponse, write: writeDowngradeResponse });

function emptyDowngradeResponse(): DowngradeResponse {
  return { header: undefined, version: "" };
}

function readDowngradeResponse(reader: WireReader, into?: DowngradeResponse): DowngradeResponse {
  const message = into ?? emptyDowngradeResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 18: message.version = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeDowngradeResponse(writer: WireWriter, message: Init<DowngradeResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.version) { writer.uint32(18).string(message.version); }
}

/** An entry that only a member of a version able to downgrade understands. */
export interface DowngradeVersionTestRequest {
  ver: string;
}

export const DowngradeVersionTestRequest: MessageType<DowngradeVersionTestRequest> = messageType("etcdserverpb.DowngradeVersionTestRequest", { read: readDowngradeVersionTestRequest, write: writeDowngradeVersionTestRequest });

function emptyDowngradeVersionTestRequest(): DowngradeVersionTestRequest {
  return { ver: "" };
}

function readDowngradeVersionTestRequest(reader: WireReader, into?: DowngradeVersionTestRequest): DowngradeVersionTestRequest {
  const message = into ?? emptyDowngradeVersionTestRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.ver = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeDowngradeVersionTestRequest(writer: WireWriter, message: Init<DowngradeVersionTestRequest>): void {
  if (message.ver) { writer.uint32(10).string(message.ver); }
}

interface WatchRequestFields {
  /** Which one is set; empty for none. */
  requestUnion: "" | "createRequest" | "cancelRequest" | "progressRequest";
  createRequest: WatchCreateRequest | undefined;
  cancelRequest: WatchCancelRequest | undefined;
  progressRequest: WatchProgressRequest | undefined;
}
export type WatchRequest =
  | { requestUnion: ""; createRequest: undefined; cancelRequest: undefined; progressRequest: undefined }
  | { requestUnion: "createRequest"; createRequest: WatchCreateRequest; cancelRequest: undefined; progressRequest: undefined }
  | { requestUnion: "cancelRequest"; createRequest: undefined; cancelRequest: WatchCancelRequest; progressRequest: undefined }
  | { requestUnion: "progressRequest"; createRequest: undefined; cancelRequest: undefined; progressRequest: WatchProgressRequest };

export const WatchRequest: MessageType<WatchRequest> = messageType("etcdserverpb.WatchRequest", { read: readWatchRequest, write: writeWatchRequest });

function emptyWatchRequest(): WatchRequestFields {
  return { requestUnion: "", createRequest: undefined, cancelRequest: undefined, progressRequest: undefined };
}

function chooseWatchRequest(message: WatchRequestFields, choice: WatchRequestFields["requestUnion"]): void {
  if (message.requestUnion === choice) return;
  message.requestUnion = choice;
  message.createRequest = undefined;
  message.cancelRequest = undefined;
  message.progressRequest = undefined;
}

function readWatchRequest(reader: WireReader, into?: WatchRequest): WatchRequest {
  const message: WatchRequestFields = into ?? emptyWatchRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: chooseWatchRequest(message, "createRequest"); { const outer = reader.enter(); message.createRequest = readWatchCreateRequest(reader, message.createRequest); reader.leave(outer); break; }
      case 18: chooseWatchRequest(message, "cancelRequest"); { const outer = reader.enter(); message.cancelRequest = readWatchCancelRequest(reader, message.cancelRequest); reader.leave(outer); break; }
      case 26: chooseWatchRequest(message, "progressRequest"); { const outer = reader.enter(); message.progressRequest = readWatchProgressRequest(reader, message.progressRequest); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message as WatchRequest;
}

function writeWatchRequest(writer: WireWriter, message: Init<WatchRequest>): void {
  const requestUnion = message.requestUnion ??
    (message.createRequest !== undefined ? "createRequest" :
    message.cancelRequest !== undefined ? "cancelRequest" :
    message.progressRequest !== undefined ? "progressRequest" :
    "");
  if (requestUnion === "createRequest") { const start = writer.uint32(10).enter(); writeWatchCreateRequest(writer, message.createRequest ?? {}); writer.leave(start); }
  if (requestUnion === "cancelRequest") { const start = writer.uint32(18).enter(); writeWatchCancelRequest(writer, message.cancelRequest ?? {}); writer.leave(start); }
  if (requestUnion === "progressRequest") { const start = writer.uint32(26).enter(); writeWatchProgressRequest(writer, message.progressRequest ?? {}); writer.leave(start); }
}

export interface WatchCreateRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  /** The first revision of interest; 0 for what happens from now on. */
  startRevision: number;
  /** Ask for empty responses now and then, which tell how far the watch has come. */
  progressNotify: boolean;
  filters: number[];
  prevKv: boolean;
  /** An id of the client's choice; 0 lets the server choose. Any 64-bit number is allowed. */
  watchId: bigint;
  /** Allow one revision's events to be split over several responses. */
  fragment: boolean;
}

export const WatchCreateRequest: MessageType<WatchCreateRequest> = messageType("etcdserverpb.WatchCreateRequest", { read: readWatchCreateRequest, write: writeWatchCreateRequest });

function emptyWatchCreateRequest(): WatchCreateRequest {
  return { key: noBytes, rangeEnd: noBytes, startRevision: 0, progressNotify: false, filters: [], prevKv: false, watchId: 0n, fragment: false };
}

function readWatchCreateRequest(reader: WireReader, into?: WatchCreateRequest): WatchCreateRequest {
  const message = into ?? emptyWatchCreateRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.key = reader.bytes(); break;
      case 18: message.rangeEnd = reader.bytes(); break;
      case 24: message.startRevision = readInt64Clamped(reader); break;
      case 32: message.progressNotify = reader.bool(); break;
      case 40: message.filters.push(reader.int32()); break;
      case 42: { const outer = reader.enter(); while (reader.pos < reader.end) message.filters.push(reader.int32()); reader.leave(outer); break; }
      case 48: message.prevKv = reader.bool(); break;
      case 56: message.watchId = readInt64(reader); break;
      case 64: message.fragment = reader.bool(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeWatchCreateRequest(writer: WireWriter, message: Init<WatchCreateRequest>): void {
  if (message.key?.length) { writer.uint32(10).bytes(message.key); }
  if (message.rangeEnd?.length) { writer.uint32(18).bytes(message.rangeEnd); }
  if (message.startRevision) { writeInt64Number(writer.uint32(24), message.startRevision); }
  if (message.progressNotify) { writer.uint32(32).bool(message.progressNotify); }
  if (message.filters?.length) {
    const start = writer.uint32(42).enter();
    for (const value of message.filters) writer.int32(value);
    writer.leave(start);
  }
  if (message.prevKv) { writer.uint32(48).bool(message.prevKv); }
  if (message.watchId) { writeInt64(writer.uint32(56), message.watchId); }
  if (message.fragment) { writer.uint32(64).bool(message.fragment); }
}

export interface WatchCancelRequest {
  watchId: bigint;
}

export const WatchCancelRequest: MessageType<WatchCancelRequest> = messageType("etcdserverpb.WatchCancelRequest", { read: readWatchCancelRequest, write: writeWatchCancelRequest });

function emptyWatchCancelRequest(): WatchCancelRequest {
  return { watchId: 0n };
}

function readWatchCancelRequest(reader: WireReader, into?: WatchCancelRequest): WatchCancelRequest {
  const message = into ?? emptyWatchCancelRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.watchId = readInt64(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeWatchCancelRequest(writer: WireWriter, message: Init<WatchCancelRequest>): void {
  if (message.watchId) { writeInt64(writer.uint32(8), message.watchId); }
}

/** Asks for one progress response that covers every watch of the stream. */
export interface WatchProgressRequest {
}

export const WatchProgressRequest: MessageType<WatchProgressRequest> = messageType("etcdserverpb.WatchProgressRequest", { read: readWatchProgressRequest, write: writeWatchProgressRequest });

function emptyWatchProgressRequest(): WatchProgressRequest {
  return {  };
}

function readWatchProgressRequest(reader: WireReader, into?: WatchProgressRequest): WatchProgressRequest {
  const message = into ?? emptyWatchProgressRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    reader.skip(tag);
  }
  return message;
}

function writeWatchProgressRequest(_writer: WireWriter, _message: Init<WatchProgressRequest>): void {}

export interface WatchResponse {
  header: ResponseHeader | undefined;
  watchId: bigint;
  created: boolean;
  canceled: boolean;
  /** Set when the start lies before it: the watch ends. */
  compactRevision: number;
  cancelReason: string;
  /** More responses of the same revision follow. */
  fragment: boolean;
  events: mvccpb.Event[];
}

export const WatchResponse: MessageType<WatchResponse> = messageType("etcdserverpb.WatchResponse", { read: readWatchResponse, write: writeWatchResponse });

function emptyWatchResponse(): WatchResponse {
  return { header: undefined, watchId: 0n, created: false, canceled: false, compactRevision: 0, cancelReason: "", fragment: false, events: [] };
}

function readWatchResponse(reader: WireReader, into?: WatchResponse): WatchResponse {
  const message = into ?? emptyWatchResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = readResponseHeader(reader, message.header); reader.leave(outer); break; }
      case 16: message.watchId = readInt64(reader); break;
      case 24: message.created = reader.bool(); break;
      case 32: message.canceled = reader.bool(); break;
      case 40: message.compactRevision = readInt64Number(reader); break;
      case 50: message.cancelReason = reader.string(); break;
      case 56: message.fragment = reader.bool(); break;
      case 90: { const outer = reader.enter(); message.events.push(mvccpb.Event.read(reader, undefined)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeWatchResponse(writer: WireWriter, message: Init<WatchResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); writeResponseHeader(writer, message.header); writer.leave(start); }
  if (message.watchId) { writeInt64(writer.uint32(16), message.watchId); }
  if (message.created) { writer.uint32(24).bool(message.created); }
  if (message.canceled) { writer.uint32(32).bool(message.canceled); }
  if (message.compactRevision) { writeInt64Number(writer.uint32(40), message.compactRevision); }
  if (message.cancelReason) { writer.uint32(50).string(message.cancelReason); }
  if (message.fragment) { writer.uint32(56).bool(message.fragment); }
  if (message.events) for (const value of message.events) { const start = writer.uint32(90).enter(); mvccpb.Event.write(writer, value); writer.leave(start); }
}
