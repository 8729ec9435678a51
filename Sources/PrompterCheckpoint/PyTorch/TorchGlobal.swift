// SPDX-License-Identifier: Apache-2.0

/// What the pickle of a checkpoint may name: all that this reader knows, and nothing else is looked
/// up anywhere.
enum TorchGlobal: Equatable {
  /// A dictionary that remembers the order of its keys, as every dictionary here does.
  case orderedDictionary

  /// The function that makes a tensor of the type of its storage.
  case rebuildTensor

  /// The function that makes a tensor of a type of its own.
  case rebuildTypedTensor

  /// The function that makes a trainable parameter of a tensor.
  case rebuildParameter

  /// A kind of storage; nil stands for bytes of no type.
  case storage(ElementType?)

  /// A type of elements.
  case elementType(ElementType)

  /// The meaning of a name in a module of Python, nil if it has none here.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
    case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTypedTensor
    case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
    case ("torch.storage", "UntypedStorage"), ("torch", "UntypedStorage"): self = .storage(nil)
    case ("torch", _):
      if let type = Self.storages[name] {
        self = .storage(type)
      } else if let type = Self.elementTypes[name] {
        self = .elementType(type)
      } else {
        return nil
      }
    default: return nil
    }
  }

  private static let storages: [String: ElementType] = [
    "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
    "DoubleStorage": .float64, "LongStorage": .int64, "IntStorage": .int32,
    "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8, "BoolStorage": .bool,
    "ComplexFloatStorage": .complex64,
  ]

  private static let elementTypes: [String: ElementType] = [
    "float32": .float32, "float16": .float16, "bfloat16": .bfloat16, "float64": .float64,
    "int64": .int64, "int32": .int32, "int16": .int16, "int8": .int8, "uint64": .uint64,
    "uint32": .uint32, "uint16": .uint16, "uint8": .uint8, "bool": .bool,
    "float8_e5m2": .float8E5M2, "float8_e4m3fn": .float8E4M3, "float8_e8m0fnu": .float8E8M0,
    "complex64": .complex64,
  ]
}
