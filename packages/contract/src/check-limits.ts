/** What is stored of a check of a stack elsewhere: so many results, the worst, and so many characters of a message or a URN. */
export const MOST_CHECKED = 1000;
export const LONGEST_CHECKED = 4000;
