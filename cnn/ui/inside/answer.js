// Where all views stand, and what they show.

const panel = element.querySelector(".inside");
const latest = {}; // the last answer: {asked, pixels, prediction, and the part of each view that has come}
