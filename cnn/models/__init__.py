"""Where networks come from: bundled, a folder or the Hub; all of them pass one gate."""
