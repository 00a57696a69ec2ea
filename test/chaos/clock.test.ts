import { inShort } from './short-form.js';

inShort('clock', 'a clock that jumps has no code accepted twice');
