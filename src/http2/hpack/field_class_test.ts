import assert from "node:assert/strict";
import { classifyField, FieldClass } from "./field_class.ts";

const cases: [name: string, value: string, expected: FieldClass][] = [
  ["x-any", "value", FieldClass.Plain],
  ["x-any", "", FieldClass.Plain],
  ["x-bin", "caf\u00e9", FieldClass.Plain],
  ["te", "trailers", FieldClass.Plain],
  ["te", "gzip", FieldClass.Malformed],
  ["content-length", "17", FieldClass.ContentLength],
  ["content-length", "+17", FieldClass.Malformed],
  ["content-length", "", FieldClass.Malformed],
  ["content-length", "1,1", FieldClass.Malformed],
  ["connection", "close", FieldClass.Malformed],
  ["keep-alive", "1", FieldClass.Malformed],
  ["proxy-connection", "1", FieldClass.Malformed],
  ["transfer-encoding", "chunked", FieldClass.Malformed],
  ["upgrade", "h2c", FieldClass.Malformed],
  ["X-Any", "value", FieldClass.Malformed],
  ["x any", "value", FieldClass.Malformed],
  ["x:any", "value", FieldClass.Malformed],
  ["caf\u00e9", "value", FieldClass.Malformed],
  ["", "value", FieldClass.Malformed],
  ["x-any", " value", FieldClass.Malformed],
  ["x-any", "value\t", FieldClass.Malformed],
  ["x-any", "a\rb", FieldClass.Malformed],
  ["x-any", "a\nb", FieldClass.Malformed],
  ["x-any", "a\0b", FieldClass.Malformed],
  [":method", "POST", FieldClass.Method],
  [":method", "CONNECT", FieldClass.MethodConnect],
  [":method", "", FieldClass.Malformed],
  [":scheme", "http", FieldClass.Scheme],
  [":scheme", "", FieldClass.Malformed],
  [":path", "/", FieldClass.Path],
  [":path", "", FieldClass.Malformed],
  [":path", "/a\nb", FieldClass.Malformed],
  [":authority", "", FieldClass.Authority],
  [":status", "200", FieldClass.Status],
  [":status", "103", FieldClass.StatusInformational],
  [":status", "20", FieldClass.Malformed],
  [":status", "abc", FieldClass.Malformed],
  [":unknown", "1", FieldClass.Malformed],
  [":Path", "/", FieldClass.Malformed],
];

Deno.test("classifyField() knows what RFC 9113, sections 8.2 and 8.3, say of a field", () => {
  for (const [name, value, expected] of cases) {
    assert.equal(classifyField(name, value), expected, JSON.stringify({ name, value }));
  }
});
