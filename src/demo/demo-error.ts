/** Something went differently from what the journey expects; the message is a sentence for whoever runs it. */
export class DemoError extends Error {}
