// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels

/// The type of a tensor's elements in a safetensors file, by the name that the file gives it.
public enum ElementType: String, CaseIterable, Sendable {
  /// A truth value in a byte.
  case bool = "BOOL"
  /// Four bits: OCP MX E2M1.
  case float4 = "F4"
  /// Six bits: OCP MX E2M3.
  case float6E2M3 = "F6_E2M3"
  /// Six bits: OCP MX E3M2.
  case float6E3M2 = "F6_E3M2"
  /// An unsigned byte.
  case uint8 = "U8"
  /// A signed byte.
  case int8 = "I8"
  /// Eight bits, five of them the exponent.
  case float8E5M2 = "F8_E5M2"
  /// Eight bits, four of them the exponent.
  case float8E4M3 = "F8_E4M3"
  /// Eight bits, all of them the exponent of a scale.
  case float8E8M0 = "F8_E8M0"
  /// A signed integer of two bytes.
  case int16 = "I16"
  /// An unsigned integer of two bytes.
  case uint16 = "U16"
  /// IEEE 754 half precision.
  case float16 = "F16"
  /// The upper half of a float32.
  case bfloat16 = "BF16"
  /// A signed integer of four bytes.
  case int32 = "I32"
  /// An unsigned integer of four bytes.
  case uint32 = "U32"
  /// IEEE 754 single precision.
  case float32 = "F32"
  /// Two float32 values.
  case complex64 = "C64"
  /// IEEE 754 double precision.
  case float64 = "F64"
  /// A signed integer of eight bytes.
  case int64 = "I64"
  /// An unsigned integer of eight bytes.
  case uint64 = "U64"

  /// The bits of one element.
  public var bitCount: Int {
    switch self {
    case .float4: 4
    case .float6E2M3, .float6E3M2: 6
    case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0: 8
    case .int16, .uint16, .float16, .bfloat16: 16
    case .int32, .uint32, .float32: 32
    case .complex64, .float64, .int64, .uint64: 64
    }
  }

  /// Whether elements are real numbers with a fraction, as weights are.
  public var isFloatingPoint: Bool {
    switch self {
    case .float4, .float6E2M3, .float6E3M2, .float8E5M2, .float8E4M3, .float8E8M0: true
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// How to make float32 values of the elements, nil where that is not supported.
  var floatFormat: FloatFormat? {
    switch self {
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float32: .float32
    case .float64: .float64
    default: nil
    }
  }
}
