/** Numbers of Thrift's types on the wire (thrift-binary-protocol.md of Apache Thrift). */
export const wireTypes = {
  stop: 0,
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
  uuid: 16,
} as const;

/** Kinds of messages. */
export const messageTypes = { call: 1, reply: 2, exception: 3, oneway: 4 } as const;

/** Upper half of a message's first number when the protocol is the strict one. */
export const strictVersion = 0x8001;

/** Longest name of a method that is taken; the longest in use has 19 characters. */
export const longestName_bytes = 256;

/** Bytes of a value of fixed length; undefined for the others and for what is no type. */
export const fixedLength = (type: number): number | undefined => {
  switch (type) {
    case wireTypes.bool:
    case wireTypes.byte:
      return 1;
    case wireTypes.i16:
      return 2;
    case wireTypes.i32:
      return 4;
    case wireTypes.double:
    case wireTypes.i64:
      return 8;
    case wireTypes.uuid:
      return 16;
    default:
      return undefined;
  }
};

/** Fewest bytes that a value takes; undefined for what is no type. */
export const leastLength = (type: number): number | undefined => {
  switch (type) {
    case wireTypes.string:
      return 4;
    case wireTypes.struct:
      return 1;
    case wireTypes.map:
      return 6;
    case wireTypes.set:
    case wireTypes.list:
      return 5;
    default:
      return fixedLength(type);
  }
};
