// SPDX-License-Identifier: Apache-2.0
// What a user's program needs.

@_exported public import PrompterAnswering
@_exported public import PrompterCheckpoint
@_exported public import PrompterCore
@_exported public import enum PrompterKernels.Precision
@_exported public import PrompterMethods
@_exported public import PrompterNN
@_exported public import PrompterPrompts
@_exported public import PrompterTasks
@_exported public import PrompterTokenizer
@_exported public import PrompterTraining
