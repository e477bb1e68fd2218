// Browsers of 2023 and before lack it; the parsers of `delivery/` rely on it.
URL.parse ??= (url, base) => {
  try {
    return new URL(url, base);
  } catch {
    // No address: that is the answer.
    return null;
  }
};
