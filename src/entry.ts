#!/usr/bin/env node
import { refuseOtherNodes } from './supported-node.mjs';

refuseOtherNodes();
// Not before: an old Node could not even load it.
void import('./main.js');
