// Carries the precompiled header that all plugins share.
