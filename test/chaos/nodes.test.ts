import { inShort } from './short-form.js';

inShort('nodes', 'nodes on one log do once over all of them what may be done once');
