"""The gateway: the patterns and the boundary for every client that speaks OpenAI's or Ollama's API.

A thin server. What it offers is the library's: a surface (one file each) turns one wire format
into messages and back, and decides nothing.
"""
