// SPDX-License-Identifier: Apache-2.0
// Everything that Swift sees of this target.

#ifndef CPROMPTER_KERNELS_H
#define CPROMPTER_KERNELS_H

#include "prompter_activation.h"
#include "prompter_adafactor.h"
#include "prompter_attention.h"
#include "prompter_bfloat16.h"
#include "prompter_convert.h"
#include "prompter_elements.h"
#include "prompter_int16.h"
#include "prompter_loss.h"
#include "prompter_mapping.h"
#include "prompter_memory.h"
#include "prompter_norm.h"
#include "prompter_perceptron.h"
#include "prompter_position_bias.h"
#include "prompter_positions.h"
#include "prompter_products.h"
#include "prompter_ranking.h"
#include "prompter_rotation.h"
#include "prompter_rounded.h"
#include "prompter_sha256.h"
#include "prompter_threads.h"
#include "prompter_unpacker.h"

#endif
