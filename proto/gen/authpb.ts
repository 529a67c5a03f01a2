// Made by `deno task proto` from the .proto files: change those.
import { type WireReader, noBytes } from "../reader.ts";
import { type Init, type MessageType, messageType } from "../wire.ts";
import { type WireWriter } from "../writer.ts";

export const PermissionType = {
  READ: 0,
  WRITE: 1,
  READWRITE: 2,
} as const;

export interface UserAddOptions {
  /** The user signs in by certificate only. */
  noPassword: boolean;
}

export const UserAddOptions: MessageType<UserAddOptions> = messageType("authpb.UserAddOptions", { read: readUserAddOptions, write: writeUserAddOptions });

function emptyUserAddOptions(): UserAddOptions {
  return { noPassword: false };
}

function readUserAddOptions(reader: WireReader, into?: UserAddOptions): UserAddOptions {
  const message = into ?? emptyUserAddOptions();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.noPassword = reader.bool(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeUserAddOptions(writer: WireWriter, message: Init<UserAddOptions>): void {
  if (message.noPassword) { writer.uint32(8).bool(message.noPassword); }
}

export interface User {
  name: Uint8Array;
  /** A bcrypt hash. */
  password: Uint8Array;
  roles: string[];
  options: UserAddOptions | undefined;
}

export const User: MessageType<User> = messageType("authpb.User", { read: readUser, write: writeUser });

function emptyUser(): User {
  return { name: noBytes, password: noBytes, roles: [], options: undefined };
}

function readUser(reader: WireReader, into?: User): User {
  const message = into ?? emptyUser();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.bytes(); break;
      case 18: message.password = reader.bytes(); break;
      case 26: message.roles.push(reader.string()); break;
      case 34: { const outer = reader.enter(); message.options = readUserAddOptions(reader, message.options); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeUser(writer: WireWriter, message: Init<User>): void {
  if (message.name?.length) { writer.uint32(10).bytes(message.name); }
  if (message.password?.length) { writer.uint32(18).bytes(message.password); }
  if (message.roles) for (const value of message.roles) { writer.uint32(26).string(value); }
  if (message.options !== undefined) { const start = writer.uint32(34).enter(); writeUserAddOptions(writer, message.options); writer.leave(start); }
}

/** A key, or the range from key to range_end. */
export interface Permission {
  permType: number;
  key: Uint8Array;
  rangeEnd: Uint8Array;
}

export const Permission: MessageType<Permission> = messageType("authpb.Permission", { read: readPermission, write: writePermission });

function emptyPermission(): Permission {
  return { permType: 0, key: noBytes, rangeEnd: noBytes };
}

function readPermission(reader: WireReader, into?: Permission): Permission {
  const message = into ?? emptyPermission();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.permType = reader.int32(); break;
      case 18: message.key = reader.bytes(); break;
      case 26: message.rangeEnd = reader.bytes(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writePermission(writer: WireWriter, message: Init<Permission>): void {
  if (message.permType) { writer.uint32(8).int32(message.permType); }
  if (message.key?.length) { writer.uint32(18).bytes(message.key); }
  if (message.rangeEnd?.length) { writer.uint32(26).bytes(message.rangeEnd); }
}

export interface Role {
  name: Uint8Array;
  keyPermission: Permission[];
}

export const Role: MessageType<Role> = messageType("authpb.Role", { read: readRole, write: writeRole });

function emptyRole(): Role {
  return { name: noBytes, keyPermission: [] };
}

function readRole(reader: WireReader, into?: Role): Role {
  const message = into ?? emptyRole();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.bytes(); break;
      case 18: { const outer = reader.enter(); message.keyPermission.push(readPermission(reader, undefined)); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeRole(writer: WireWriter, message: Init<Role>): void {
  if (message.name?.length) { writer.uint32(10).bytes(message.name); }
  if (message.keyPermission) for (const value of message.keyPermission) { const start = writer.uint32(18).enter(); writePermission(writer, value); writer.leave(start); }
}
